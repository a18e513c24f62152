/** The root module of a producer. */
import {
  Injectable,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Registry } from 'prom-client';
import type { BookSource } from '../chain/book.js';
import type { ProducerConfig } from '../config/config.js';
import { CoreModule } from '../http/core.module.js';
import { ReadModule } from '../http/read.module.js';
import type { TokenChainStore } from '../ledger/chain-store.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { NodeEvents } from '../ledger/node-events.js';
import type { NodeStorage } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { AcceptingService } from './accepting.service.js';
import type { ClockEvent } from './clock-watch.js';
import { BirthOptions, ChainBirths } from './chain-births.service.js';
import { DiskGuard } from './disk-guard.js';
import { InformationController } from './information.controller.js';
import { MiningController } from './mining.controller.js';
import { NewChainController } from './new-chain.controller.js';
import { OutageLog } from './outage-log.js';
import { PendingService } from './pending.service.js';
import type { Signer } from './producer-key.js';
import { ProducerMetrics } from './producer-metrics.js';
import { ProducerStatus } from './producer-status.js';
import { Producer, type ProducerEvents } from './producer.js';
import { SmartChainController } from './smart-chain.controller.js';
import { SYSTEM_CLOCK } from './system-clock.js';
import { TransactionsController } from './transactions.controller.js';

export interface ProducerModuleOptions {
  readonly config: ProducerConfig;
  readonly storage: NodeStorage;
  readonly signer: Signer;
  readonly signatures: SignatureChecker;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

/** Starts and stops the schedule with the application. */
@Injectable()
class ProducerLife implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly producer: Producer,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.producer.start(this.scheduler);
  }

  async onModuleDestroy(): Promise<void> {
    await this.producer.stop();
  }
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
  static forRoot(options: ProducerModuleOptions): DynamicModule {
    const { config, storage } = options;
    const metrics = new Registry();
    const events = new NodeEvents();
    const disk = new DiskGuard(config.databaseFile, config.freeDiskBytesMin, SYSTEM_CLOCK);
    const producer = new Producer({
      store: storage.store,
      signer: options.signer,
      clock: SYSTEM_CLOCK,
      disk,
      limits: config,
      metrics: new ProducerMetrics(metrics),
      events: tell(events, options.fail),
      signatures: options.signatures,
    });
    const info = new ProducerStatus(producer, storage.store, disk);
    return {
      module: ProducerModule,
      imports: [
        ScheduleModule.forRoot(),
        CoreModule.forRoot({ ...storage, info, books: new ProducerBooks(producer), events, metrics }),
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
        { provide: BirthOptions, useValue: new BirthOptions(config, options.signer) },
        ChainBirths,
        ProducerLife,
        AcceptingService,
        PendingService,
      ],
    };
  }
}

function clockLine({ type, ms }: ClockEvent): string {
  const by = `${Math.abs(ms) / 1000} s`;
  const moved = ms > 0 ? `jumped ahead by ${by}` : `was set back by ${by}`;
  switch (type) {
    case 'jumped':
      return ms > 0
        ? `the wall clock ${moved}: entries are refused until it is back, or has stayed there for a minute`
        : `the wall clock ${moved}: entries are accepted, with times that don't run backwards`;
    case 'returned':
      return `the wall clock, which ${moved}, is back`;
    case 'accepted':
      return `the wall clock, which ${moved}, has stayed there for a minute: it counts from now on`;
    case 'behind':
      return (
        `the clock is ${by} behind the last time on the chains: new entries and blocks keep that time ` +
        'until the clock gets there'
      );
    case 'caught-up':
      return 'the clock has caught up with the last time on the chains';
  }
}

/** All chains store what they accept in the same place. */
const ENTRIES = 'entries';

/** To the log, once for each change, and to whoever listens. */
function tell(events: NodeEvents, fail: (error: unknown) => void): ProducerEvents {
  const log = new Logger('Sealer');
  const outages = new OutageLog(log);
  return {
    accepted: (entries) => {
      outages.worked(ENTRIES, 'new entries are accepted again');
      if (events.hasListeners) for (const entry of entries) events.emit(entry);
    },
    sealed: (chain, header) => {
      const { index, treeSize, hash } = header;
      events.emit({ type: 'block', chain, header });
      outages.worked(chain.id);
      log.log(`sealed block ${index} of ${chain.name}: ${treeSize} entries so far, hash ${hash}`);
    },
    unstored: (_chain, { code, message }) => {
      outages.failed(ENTRIES, code, `new entries are refused with 503 ${code}: ${message}`);
    },
    sealingDelayed: ({ id, name }, { code, message }) => {
      outages.failed(id, code, `${name} could not be sealed, trying again every second: ${message}`);
    },
    clock: (event) => {
      const line = clockLine(event);
      if (event.type === 'returned' || event.type === 'caught-up') log.log(line);
      else log.warn(line);
    },
    failed: fail,
  };
}
