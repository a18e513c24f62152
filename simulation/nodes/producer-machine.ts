/** A producer: what src/producer/producer.module.ts composes, without Nest. */
import { Registry } from 'prom-client';
import type { BookSource } from '../../src/chain/books/book.js';
import type { Policy } from '../../src/chain/note/policy.js';
import { collecting } from '../../src/collecting/collecting.js';
import type { ChainSettings } from '../../src/config/chain-settings.js';
import type { TokenChainStore } from '../../src/ledger/chain-store.js';
import { Convictions } from '../../src/ledger/convictions.js';
import { Cosignatures } from '../../src/ledger/cosignatures.js';
import { CurrentBooks } from '../../src/ledger/current-books.js';
import { keepScrubbed } from '../../src/ledger/keep-scrubbed.js';
import { NodeEvents } from '../../src/ledger/node-events.js';
import { DiskGuard } from '../../src/producer/accept/disk-guard.js';
import { RandomTexts } from '../../src/producer/accept/nonce.js';
import { birthOf } from '../../src/producer/birth/birth.js';
import { logAndEmit } from '../../src/producer/chain/producer-log.js';
import { ProducerMetrics } from '../../src/producer/chain/producer-metrics.js';
import { ProducerStatus } from '../../src/producer/chain/producer-status.js';
import { Producer } from '../../src/producer/chain/producer.js';
import { peerService } from '../network/peer-service.js';
import { Machine, type RunningNode, type Starting } from './machine.js';
import { ReadingDoor } from './reading-door.js';
import type { SeededSigner } from './signing.js';
import type { World } from './world.js';
import { WritingDoor } from './writing-door.js';

const LIMITS = { pendingEntriesMax: 20_000, clockJumpMsMax: 5_000 };
const FREE_BYTES_MIN = 100 * 2 ** 20;

/** A producer shows wallets as they are after everything that it accepted. */
class ProducerBooks extends CurrentBooks {
  constructor(private readonly producer: Producer) {
    super();
  }

  override of(store: TokenChainStore): BookSource {
    return this.producer.chain(store.chain.id).books ?? store.books;
  }
}

class SimulatedDiskGuard extends DiskGuard {
  constructor(
    private readonly bytes: () => number,
    starting: Starting,
  ) {
    super('unused', FREE_BYTES_MIN, starting.clock);
  }

  override free(): number {
    return this.bytes();
  }
}

export interface ProducerOptions {
  readonly chains: readonly ChainSettings[];
  readonly signer: SeededSigner;
  readonly policy: () => Policy | undefined;
}

export class ProducerMachine extends Machine {
  constructor(
    world: World,
    name: string,
    readonly options: ProducerOptions,
  ) {
    super(world, name, 'producer');
  }

  protected override async begin(starting: Starting): Promise<RunningNode> {
    const { process, clock, store, fail } = starting;
    const { chains, signer } = this.options;
    const policy = this.options.policy();
    if (store.stores().length === 0) {
      store.createChains(chains.map((settings) => birthOf(settings, 'configured', signer, clock.now())));
    }
    for (const { chain } of store.stores()) this.world.chainBorn(this, chain);
    store.settle();
    const events = new NodeEvents();
    const metrics = new Registry();
    const disk = new SimulatedDiskGuard(() => this.disk.freeBytes, starting);
    const random = this.world.chance.fork(`${this.name} at ${this.world.timeline.now}`);
    const producer = new Producer({
      store,
      signer,
      clock,
      disk,
      random: new RandomTexts((bytes) => random.fill(bytes)),
      limits: LIMITS,
      metrics: new ProducerMetrics(metrics),
      events: logAndEmit(events, fail),
      signatures: this.world.signatures,
      checkpoints: undefined,
    });
    const cosignatures = new Cosignatures({ policy }, events);
    const http = peerService(this.world.network, process);
    const witnesses = collecting({ policy, store, cosignatures, events, metrics, clock, http, fail });
    const info = new ProducerStatus(producer, store, disk);
    const books = new ProducerBooks(producer);
    const { faults } = this;
    const complain = (): void => undefined;
    const convictions = await Convictions.read({ faults, store, events, clock, complain });
    const door = new ReadingDoor({ store, info, books, cosignatures, convictions, events, clock });
    const writing = new WritingDoor(producer, door.reader);
    keepScrubbed(store, clock, fail);
    producer.start();
    witnesses?.onApplicationBootstrap();
    return {
      store,
      door,
      answer: (request) =>
        this.world.answered(this, request, writing.answer(request) ?? door.answer(request)),
    };
  }
}
