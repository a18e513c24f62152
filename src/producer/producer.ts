/** The block producer smart contract (BPSC): takes entries, keeps the schedule, and alone seals blocks, for both chains. */
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { SealedHeader } from '../chain/block.js';
import type { BookSource } from '../chain/book.js';
import type { ChainKind, TokenContract } from '../chain/contract.js';
import type { Clock } from '../ledger/clock.js';
import { assert, Unavailable, type RuleViolation } from '../ledger/errors.js';
import type { EntryEvent } from '../ledger/node-events.js';
import type { Waiting } from '../ledger/node-info.js';
import type { Chain, LedgerStore } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { BlockFilling } from './block-filling.js';
import { ChainState } from './chain-state.js';
import { ClockWatch, type ClockEvent, type ClockState } from './clock-watch.js';
import type { DiskGuard } from './disk-guard.js';
import { checkDraftSignatures } from './draft-signatures.js';
import type { Draft } from './drafts.js';
import { Intake, type IntakeLimits, type Outcome } from './intake.js';
import type { Signer } from './producer-key.js';
import type { ProducerMetrics } from './producer-metrics.js';
import { ReturnSchedule } from './return-schedule.js';
import { Sealer } from './sealer.js';
import { SealSchedule } from './seal-schedule.js';
import { WatchedClock } from './watched-clock.js';

/** What happens, for logs and whoever else listens. */
export interface ProducerEvents {
  accepted(entries: readonly EntryEvent[]): void;
  sealed(chain: Chain, header: SealedHeader): void;
  /** Sealing will be tried again. */
  sealingDelayed(chain: Chain, error: Unavailable): void;
  clock(event: ClockEvent): void;
  /** The process must stop: what is on disk is not what this process knows. */
  failed(error: unknown): void;
}

export interface ProducerLimits extends IntakeLimits {
  /** see {@link WatchedClock} */
  readonly clockJumpMsMax: number;
}

export interface ProducerParts {
  readonly store: LedgerStore;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly disk: DiskGuard;
  readonly limits: ProducerLimits;
  readonly metrics: ProducerMetrics;
  readonly events: ProducerEvents;
  readonly signatures: SignatureChecker;
}

interface Line {
  readonly state: ChainState;
  readonly intake: Intake;
  readonly sealer: Sealer;
  readonly schedule: SealSchedule;
  readonly returns: ReturnSchedule;
}

export class Producer {
  private readonly lines: ReadonlyMap<ChainKind, Line>;
  private readonly events: ProducerEvents;
  private readonly signatures: SignatureChecker;
  private readonly clockWatch: ClockWatch;

  /** @throws OperatorError when what is stored can't be what a producer stored */
  constructor(parts: ProducerParts) {
    const { store, metrics, limits, events } = parts;
    this.events = events;
    this.signatures = parts.signatures;
    const clock = new WatchedClock(parts.clock, limits.clockJumpMsMax, (event) => {
      events.clock(event);
      if (event.type === 'accepted') this.clockMoved();
    });
    const lines = store
      .chains()
      .map((chain) => [chain.contract.kind, makeLine(chain, parts, clock)] as const);
    this.lines = new Map(lines);
    this.clockWatch = new ClockWatch(
      clock,
      () => this.lastTime(),
      (event) => events.clock(event),
    );
    metrics.watchClock(() => this.clockState);
  }

  get tokenContract(): TokenContract {
    const { contract } = this.line('token').state.chain;
    assert(contract.kind === 'token', 'the token chain has a token contract');
    return contract;
  }

  /** Sealing by schedule begins. */
  start(scheduler: SchedulerRegistry): void {
    for (const { schedule, returns } of this.lines.values()) {
      schedule.start(scheduler);
      returns.start(scheduler);
    }
    this.clockWatch.start(scheduler);
  }

  /** Names of the chains whose last try to seal failed. */
  get delayed(): readonly string[] {
    return [...this.lines.values()]
      .filter(({ schedule }) => schedule.isDelayed)
      .map(({ state }) => state.name);
  }

  get clockState(): ClockState {
    return this.clockWatch.state();
  }

  /** Answers what was accepted, ends the seal under way, begins nothing. */
  async stop(): Promise<void> {
    const lines = [...this.lines.values()];
    this.clockWatch.stop();
    for (const { returns } of lines) returns.stop();
    await Promise.all(lines.flatMap(({ intake, schedule }) => [intake.stop(), schedule.stop()]));
  }

  /** The books of the token chain with everything that was accepted. */
  get books(): BookSource {
    const { book } = this.line('token').state;
    assert(book !== undefined, 'the token chain has books');
    return book;
  }

  /** See {@link Intake.submit}. All drafts are of one kind. Signatures are looked at first. */
  async submit(kind: ChainKind, drafts: readonly Draft[]): Promise<readonly Outcome[]> {
    const { intake, state } = this.line(kind);
    const { contract, id } = state.chain;
    if (contract.kind !== 'token' || contract.wallets.policy === 'open') return intake.submit(drafts);
    const giveBack = intake.reserve(drafts.length);
    let refused: ReadonlyMap<number, RuleViolation>;
    try {
      refused = await checkDraftSignatures(drafts, id, contract, this.signatures);
    } finally {
      giveBack();
    }
    const good = drafts.filter((_draft, place) => !refused.has(place));
    const outcomes = good.length === 0 ? [] : await intake.submit(good);
    let next = 0;
    return drafts.map((_draft, place) => refused.get(place) ?? (outcomes[next++] as Outcome));
  }

  /** See {@link Sealer.sealNext}. */
  async seal(kind: ChainKind): Promise<SealedHeader> {
    try {
      return await this.line(kind).sealer.sealNext();
    } catch (error) {
      if (!(error instanceof Unavailable)) this.events.failed(error);
      throw error;
    }
  }

  /** What waits, and how far the next block is. */
  waiting(kind: ChainKind): Waiting {
    const { state, schedule } = this.line(kind);
    const { maxEntries } = state.chain.contract.schedule;
    const next = state.plan.first()?.entries ?? 0;
    return {
      entries: state.waiting,
      next,
      byTimeMs: schedule.msToNext(),
      byCount: maxEntries === null ? null : maxEntries - next,
    };
  }

  /** First sequence that isn't sealed, and the first that isn't taken. */
  pending(kind: ChainKind): { readonly from: number; readonly to: number } {
    const { head, tail } = this.line(kind).state;
    return { from: head.header.treeSize, to: tail.nextSequence };
  }

  /** More has waited for long enough, and more holds have ended, than was known. */
  private clockMoved(): void {
    for (const { schedule, returns } of this.lines.values()) {
      schedule.poke();
      returns.poke();
    }
  }

  private lastTime(): number {
    const times = [...this.lines.values()].map(({ state: { head, tail } }) =>
      Math.max(head.header.timestamp, tail.lastTimestamp ?? 0),
    );
    return Math.max(...times);
  }

  private line(kind: ChainKind): Line {
    const line = this.lines.get(kind);
    assert(line !== undefined, `a producer has a ${kind} chain`);
    return line;
  }
}

function makeLine(chain: Chain, parts: ProducerParts, clock: WatchedClock): Line {
  const { store, signer, disk, limits, metrics, events, signatures } = parts;
  const state = new ChainState(chain, store, clock);
  metrics.start(state.name, state.head.header.index, state.waiting);
  const filling = new BlockFilling(state, store, signatures);
  const sealer = new Sealer(state, store, signer, clock, metrics, filling, (header) => {
    filling.poke();
    schedule.sealed();
    events.sealed(chain, header);
  });
  const schedule = new SealSchedule(state, sealer, clock, (error) => {
    if (error instanceof Unavailable) events.sealingDelayed(chain, error);
    else events.failed(error);
  });
  const intake = new Intake(state, store, clock, disk, limits, metrics, {
    accepted: (entries) => {
      events.accepted(entries);
      schedule.poke();
      filling.poke();
      returns.poke();
    },
    failed: (error) => {
      events.failed(error);
    },
  });
  const returns = new ReturnSchedule(state, intake, clock, (error) => {
    events.failed(error);
  });
  return { state, intake, sealer, schedule, returns };
}
