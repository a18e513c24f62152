/** The block producer smart contract (BPSC): takes entries, keeps the schedule, and alone seals blocks, for both chains. */
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { SealedHeader } from '../chain/block.js';
import type { ChainKind, TokenContract } from '../chain/contract.js';
import { assert, Unavailable } from '../ledger/errors.js';
import type { Chain, LedgerStore } from '../ledger/store.js';
import { ChainState, type Clock } from './chain-state.js';
import type { DiskGuard } from './disk-guard.js';
import type { Draft } from './drafts.js';
import { Intake, type IntakeLimits, type Outcome } from './intake.js';
import type { Signer } from './producer-key.js';
import type { ProducerMetrics } from './producer-metrics.js';
import { Sealer } from './sealer.js';
import { SealSchedule } from './seal-schedule.js';

/** What happens, for logs and whoever else listens. */
export interface ProducerEvents {
  sealed(chain: Chain, header: SealedHeader): void;
  /** Sealing will be tried again. */
  sealingDelayed(chain: Chain, error: Unavailable): void;
  /** The process must stop: what is on disk is not what this process knows. */
  failed(error: unknown): void;
}

export interface ProducerParts {
  readonly store: LedgerStore;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly disk: DiskGuard;
  readonly limits: IntakeLimits;
  readonly metrics: ProducerMetrics;
  readonly events: ProducerEvents;
}

interface Line {
  readonly state: ChainState;
  readonly intake: Intake;
  readonly sealer: Sealer;
  readonly schedule: SealSchedule;
}

export class Producer {
  private readonly lines: ReadonlyMap<ChainKind, Line>;
  private readonly events: ProducerEvents;

  constructor(parts: ProducerParts) {
    this.events = parts.events;
    const lines = parts.store.chains().map((chain) => [chain.contract.kind, makeLine(chain, parts)] as const);
    this.lines = new Map(lines);
  }

  get tokenContract(): TokenContract {
    const { contract } = this.line('token').state.chain;
    assert(contract.kind === 'token', 'the token chain has a token contract');
    return contract;
  }

  /** Sealing by schedule begins. */
  start(scheduler: SchedulerRegistry): void {
    for (const { schedule } of this.lines.values()) schedule.start(scheduler);
  }

  /** Names of the chains whose last try to seal failed. */
  get delayed(): readonly string[] {
    return [...this.lines.values()]
      .filter(({ schedule }) => schedule.isDelayed)
      .map(({ state }) => state.name);
  }

  /** Answers what was accepted, ends the seal under way, begins nothing. */
  async stop(): Promise<void> {
    const lines = [...this.lines.values()];
    await Promise.all(lines.flatMap(({ intake, schedule }) => [intake.stop(), schedule.stop()]));
  }

  /** See {@link Intake.submit}. All drafts are of one kind. */
  submit(kind: ChainKind, drafts: readonly Draft[]): Promise<readonly Outcome[]> {
    return this.line(kind).intake.submit(drafts);
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

  /** First sequence that isn't sealed, and the first that isn't taken. */
  pending(kind: ChainKind): { readonly from: number; readonly to: number } {
    const { head, tail } = this.line(kind).state;
    return { from: head.header.treeSize, to: tail.nextSequence };
  }

  private line(kind: ChainKind): Line {
    const line = this.lines.get(kind);
    assert(line !== undefined, `a producer has a ${kind} chain`);
    return line;
  }
}

function makeLine(chain: Chain, parts: ProducerParts): Line {
  const { store, signer, clock, disk, limits, metrics, events } = parts;
  const state = new ChainState(chain, store, clock);
  metrics.start(state.name, state.head.header.index, state.waiting);
  const sealer = new Sealer(state, store, signer, clock, metrics, (header) => {
    schedule.sealed();
    events.sealed(chain, header);
  });
  const schedule = new SealSchedule(state, sealer, clock, (error) => {
    if (error instanceof Unavailable) events.sealingDelayed(chain, error);
    else events.failed(error);
  });
  const intake = new Intake(state, store, clock, disk, limits, metrics, {
    accepted: () => {
      schedule.poke();
    },
    failed: (error) => {
      events.failed(error);
    },
  });
  return { state, intake, sealer, schedule };
}
