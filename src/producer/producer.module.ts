/** The root module of a producer. */
import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Registry } from 'prom-client';
import type { BookSource } from '../chain/books/book.js';
import { Collecting, collecting } from '../collecting/collecting.js';
import type { ProducerConfig } from '../config/config.js';
import { CoreModule } from '../http/server/core.module.js';
import { ReadModule } from '../http/chains/read.module.js';
import type { TokenChainStore } from '../ledger/chain-store.js';
import { Convictions } from '../ledger/convictions.js';
import { Cosignatures } from '../ledger/cosignatures.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { NodeEvents } from '../ledger/node-events.js';
import type { NodeStorage } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { Gossip, witnessUrls } from '../gossip/gossip.js';
import { keyInUse, stopIfOwnIsConvicted } from '../gossip/own-key.js';
import { AcceptingService } from './accept/accepting.service.js';
import type { CheckpointFile } from './birth/checkpoint-file.js';
import { BirthOptions, ChainBirths } from './birth/chain-births.service.js';
import { DiskGuard } from './accept/disk-guard.js';
import { InformationController } from './http/information.controller.js';
import { MiningController } from './http/mining.controller.js';
import { NewChainController } from './http/new-chain.controller.js';
import { PendingService } from './http/pending.service.js';
import type { Signer } from '../keys/key-file.js';
import { ActTrail } from '../http/server/acts.js';
import { AuditChain, findAuditChain } from './accept/audit-chain.js';
import { ProducerMetrics } from './chain/producer-metrics.js';
import { ProducerStatus } from './chain/producer-status.js';
import { ProducerLife } from './chain/producer-life.js';
import { logAndEmit } from './chain/producer-log.js';
import { Producer } from './chain/producer.js';
import { SmartChainController } from './http/smart-chain.controller.js';
import { SystemClock } from '../ledger/system-clock.js';
import { ExportLoop, exportLoop } from '../static/write/export-loop.js';
import { TransactionsController } from './http/transactions.controller.js';

export interface ProducerModuleOptions {
  readonly config: ProducerConfig;
  readonly storage: NodeStorage;
  readonly signer: Signer;
  readonly checkpoints: CheckpointFile | undefined;
  readonly signatures: SignatureChecker;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

/** A producer shows wallets as they are after everything that it accepted. */
class ProducerBooks extends CurrentBooks {
  constructor(private readonly producer: Producer) {
    super();
  }

  override of(store: TokenChainStore): BookSource {
    return this.producer.chain(store.chain.id).books ?? store.books;
  }
}

@Module({})
export class ProducerModule {
  static async forRoot(options: ProducerModuleOptions): Promise<DynamicModule> {
    const { config, storage } = options;
    const metrics = new Registry();
    const events = new NodeEvents();
    const clock = new SystemClock();
    const disk = new DiskGuard(config.databaseFile, config.freeDiskBytesMin, clock);
    const producer = new Producer({
      store: storage.store,
      signer: options.signer,
      clock,
      disk,
      limits: config,
      metrics: new ProducerMetrics(metrics),
      events: logAndEmit(events, options.fail),
      signatures: options.signatures,
      checkpoints: options.checkpoints,
    });
    const files = exportLoop({
      folder: config.staticDir,
      store: storage.store,
      events,
      clock,
      fail: options.fail,
    });
    const cosignatures = new Cosignatures(config, events);
    const { store } = storage;
    const { fail } = options;
    const complain = (line: string): void => new Logger('Evidence').error(line);
    const convictions = await Convictions.read({ ...storage, events, clock, complain });
    stopIfOwnIsConvicted(convictions, fail);
    const gossip = new Gossip({
      ...storage,
      convictions,
      clock,
      chosen: witnessUrls(config.policy),
      intervalMs: config.compareIntervalMs,
      onKeyInUse: keyInUse(fail),
      fail,
    });
    const witnesses = collecting({
      policy: config.policy,
      store,
      cosignatures,
      events,
      metrics,
      clock,
      fail,
    });
    const audit =
      config.auditChain === undefined
        ? undefined
        : new AuditChain(producer, findAuditChain(config.auditChain, store.chains()), clock, metrics);
    const info = new ProducerStatus(producer, storage.store, disk, () => files?.troubles() ?? []);
    return {
      module: ProducerModule,
      imports: [
        ScheduleModule.forRoot(),
        CoreModule.forRoot({
          ...storage,
          info,
          books: new ProducerBooks(producer),
          cosignatures,
          convictions,
          events,
          metrics,
          clock,
        }),
        ReadModule.forRoot(config),
      ],
      controllers: [
        TransactionsController,
        InformationController,
        MiningController,
        NewChainController,
        SmartChainController,
      ],
      providers: [
        { provide: Producer, useValue: producer },
        { provide: SystemClock, useValue: clock },
        { provide: BirthOptions, useValue: new BirthOptions(config, options.signer) },
        ChainBirths,
        ...(audit === undefined
          ? []
          : [
              { provide: AuditChain, useValue: audit },
              { provide: ActTrail, useValue: audit },
            ]),
        ProducerLife,
        AcceptingService,
        PendingService,
        { provide: ExportLoop, useFactory: () => files },
        { provide: Collecting, useFactory: () => witnesses },
        { provide: Gossip, useFactory: () => gossip },
      ],
    };
  }
}
