/** The block producer smart contract (BPSC): accepts entries, keeps the schedules, and alone seals blocks, for all of its chains. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import type { Clock } from '../../ledger/clock.js';
import { assert } from '../../ledger/errors.js';
import type { LedgerStore } from '../../ledger/store.js';
import { ChainProducer, type ChainProducerEvents, type ChainProducerParts } from './chain-producer.js';
import { ClockWatch, type ClockEvent, type ClockState } from '../plan/clock-watch.js';
import { CommitGroup } from '../accept/commit-group.js';
import { RandomTexts } from '../accept/nonce.js';
import type { IntakeLimits } from '../accept/intake.js';
import { WatchedClock } from '../plan/watched-clock.js';

/** Events of a producer, for logs and other listeners. */
export interface ProducerEvents extends ChainProducerEvents {
  clock(event: ClockEvent): void;
}

export interface ProducerLimits extends IntakeLimits {
  /** see {@link WatchedClock} */
  readonly clockJumpMsMax: number;
}

export interface ProducerParts extends Omit<
  ChainProducerParts,
  'commits' | 'clock' | 'limits' | 'events' | 'random'
> {
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly limits: ProducerLimits;
  readonly events: ProducerEvents;
  /** by default the system's */
  readonly random?: RandomTexts;
}

export class Producer {
  private readonly chains = new Map<Hash, ChainProducer>();
  private readonly parts: ChainProducerParts;
  private readonly clockWatch: ClockWatch;
  private isStarted = false;

  /** @throws OperatorError if the stored state can't be a producer's */
  constructor({ store, clock: system, random = new RandomTexts(), ...parts }: ProducerParts) {
    const { metrics, limits, events } = parts;
    const clock = new WatchedClock(system, limits.clockJumpMsMax, (event) => {
      events.clock(event);
      if (event.type !== 'accepted') return;
      for (const chain of this.chains.values()) chain.clockMoved();
    });
    this.parts = { ...parts, random, clock, commits: new CommitGroup(store) };
    const own = store.stores().filter(({ chain }) => chain.origin !== 'followed');
    parts.checkpoints?.keepAll(own.map((each) => each.head().header));
    for (const each of own) this.chains.set(each.chain.id, new ChainProducer(each, this.parts));
    this.clockWatch = new ClockWatch(
      clock,
      () => this.lastTime(),
      (event) => events.clock(event),
    );
    metrics.watchClock(() => this.clockState);
  }

  /** Adds a chain that was created while the node runs. @throws FatalError */
  add(store: AnyChainStore): void {
    this.parts.checkpoints?.keep(store.head().header);
    const chain = new ChainProducer(store, this.parts);
    this.chains.set(store.chain.id, chain);
    if (this.isStarted) chain.start();
  }

  /** Ends the process: the disk differs from its memory. */
  failed(error: unknown): void {
    this.parts.events.failed(error);
  }

  /** The time for dating new data. @throws Unavailable while the wall clock is not trusted */
  believedTime(): number {
    this.parts.clock.assertBelieved();
    return this.parts.clock.now();
  }

  /** @param id of a chain that this node produces */
  chain(id: Hash): ChainProducer {
    const chain = this.chains.get(id);
    assert(chain !== undefined, `this node does not produce the chain ${id}`);
    return chain;
  }

  /** In the order in which they were created. */
  get all(): readonly ChainProducer[] {
    return [...this.chains.values()];
  }

  /** Starts sealing by schedule. */
  start(): void {
    this.isStarted = true;
    for (const chain of this.chains.values()) chain.start();
    this.clockWatch.start();
  }

  /** The names of chains whose last attempt to seal failed. */
  get delayed(): readonly string[] {
    return this.all.filter(({ isDelayed }) => isDelayed).map(({ chain }) => chain.name);
  }

  get clockState(): ClockState {
    return this.clockWatch.state();
  }

  /** Answers accepted entries, waits for the current seals, and starts nothing new. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.clockWatch.stop();
    await Promise.all(this.all.map((chain) => chain.stop()));
  }

  private lastTime(): number {
    return Math.max(0, ...this.all.map(({ lastTime }) => lastTime));
  }
}
