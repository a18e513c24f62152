/** One chain that this node produces: its intake, its schedule, its seals. */
import type { SealedHeader } from '../../chain/block/block.js';
import type { Book } from '../../chain/books/book.js';
import type { Contract } from '../../chain/contract/contract.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import type { AnyChainStore, Chain } from '../../ledger/chain-store.js';
import { Unavailable, type RuleViolation } from '../../ledger/errors.js';
import type { EntryEvent } from '../../ledger/node-events.js';
import type { Waiting } from '../../ledger/node-info.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import type { CheckpointFile } from '../birth/checkpoint-file.js';
import { BlockFilling } from '../seal/block-filling.js';
import { ChainState } from './chain-state.js';
import type { CommitGroup } from '../accept/commit-group.js';
import type { DiskGuard } from '../accept/disk-guard.js';
import { checkDraftSignatures } from '../accept/draft-signatures.js';
import type { Draft } from '../accept/drafts.js';
import type { RandomTexts } from '../accept/nonce.js';
import { Intake, type IntakeLimits, type Outcome } from '../accept/intake.js';
import type { Signer } from '../../keys/key-file.js';
import type { ProducerMetrics } from './producer-metrics.js';
import { ReturnSchedule } from '../plan/return-schedule.js';
import { Sealer } from '../seal/sealer.js';
import { SealSchedule } from '../plan/seal-schedule.js';
import type { WatchedClock } from '../plan/watched-clock.js';

export interface ChainProducerEvents {
  accepted(entries: readonly EntryEvent[]): void;
  sealed(chain: Chain, header: SealedHeader): void;
  /** Entries were refused because they can't be stored now. */
  unstored(chain: Chain, error: Unavailable): void;
  /** Sealing failed and will be retried. */
  sealingDelayed(chain: Chain, error: Unavailable): void;
  /** The process must stop: the disk differs from this process's memory. */
  failed(error: unknown): void;
}

export interface ChainProducerParts {
  readonly commits: CommitGroup;
  readonly signer: Signer;
  readonly clock: WatchedClock;
  readonly disk: DiskGuard;
  /** makes nonces and salts */
  readonly random: RandomTexts;
  readonly limits: IntakeLimits;
  readonly metrics: ProducerMetrics;
  readonly events: ChainProducerEvents;
  readonly signatures: SignatureChecker;
  /** if copies of the last headers are kept outside the database */
  readonly checkpoints?: CheckpointFile | undefined;
}

export class ChainProducer {
  private readonly state: ChainState;
  private readonly intake: Intake;
  private readonly sealer: Sealer;
  private readonly schedule: SealSchedule;
  private readonly returns: ReturnSchedule;
  private readonly events: ChainProducerEvents;
  private readonly signatures: SignatureChecker;

  /** @throws OperatorError if the stored state can't be a producer's */
  constructor(store: AnyChainStore, parts: ChainProducerParts) {
    const { commits, signer, clock, disk, random, limits, metrics, events, signatures, checkpoints } = parts;
    const { chain } = store;
    this.events = events;
    this.signatures = signatures;
    this.state = new ChainState(store, clock);
    metrics.start(chain.name, this.state.head.header.index, this.state.waiting);
    const filling = new BlockFilling(this.state, signatures);
    const keep = (header: SealedHeader): void => checkpoints?.keep(header);
    this.sealer = new Sealer(this.state, signer, clock, metrics, filling, keep, (header) => {
      filling.wake();
      this.schedule.sealed();
      events.sealed(chain, header);
    });
    this.schedule = new SealSchedule(this.state, this.sealer, clock, (error) => {
      if (error instanceof Unavailable) events.sealingDelayed(chain, error);
      else events.failed(error);
    });
    const failed = (error: unknown): void => events.failed(error);
    const unstored = (error: Unavailable): void => events.unstored(chain, error);
    const accepted = (entries: readonly EntryEvent[]): void => {
      events.accepted(entries);
      this.schedule.wake();
      filling.wake();
      this.returns.wake();
    };
    this.intake = new Intake(this.state, commits, clock, disk, random, limits, metrics, {
      accepted,
      unstored,
      failed,
    });
    this.returns = new ReturnSchedule(this.state, this.intake, clock, failed);
  }

  get chain(): Chain {
    return this.state.chain;
  }

  get contract(): Contract {
    return this.chain.contract;
  }

  /** Its books including all accepted entries; undefined if its kind has none. */
  get books(): Book | undefined {
    return this.state.book;
  }

  /** Whether the last attempt to seal failed. */
  get isDelayed(): boolean {
    return this.schedule.isDelayed;
  }

  /** The last time on the chain, waiting entries included: milliseconds since 1970-01-01 UTC. */
  get lastTime(): number {
    const { head, tail } = this.state;
    return Math.max(head.header.timestamp, tail.lastTimestamp ?? 0);
  }

  /** Starts sealing by schedule. */
  start(): void {
    this.schedule.start();
    this.returns.start();
  }

  /** Answers accepted entries, waits for the current seal, and starts nothing new. */
  async stop(): Promise<void> {
    this.returns.stop();
    await Promise.all([this.intake.stop(), this.schedule.stop()]);
  }

  /** The clock moved: more entries may have waited for long enough, and more holds may have ended. */
  clockMoved(): void {
    this.schedule.wake();
    this.returns.wake();
  }

  /** See {@link Intake.submit}. Signatures are checked first. */
  async submit(drafts: readonly Draft[]): Promise<readonly Outcome[]> {
    const { contract, id } = this.chain;
    if (!isTokenContract(contract) || contract.wallets.policy === 'open') return this.intake.submit(drafts);
    const giveBack = this.intake.reserve(drafts.length);
    let refused: ReadonlyMap<number, RuleViolation>;
    try {
      refused = await checkDraftSignatures(drafts, id, contract, this.signatures);
    } finally {
      giveBack();
    }
    const good = drafts.filter((_draft, place) => !refused.has(place));
    const outcomes = good.length === 0 ? [] : await this.intake.submit(good);
    let next = 0;
    return drafts.map((_draft, place) => refused.get(place) ?? (outcomes[next++] as Outcome));
  }

  /** See {@link Sealer.sealNext}. */
  async seal(): Promise<SealedHeader> {
    try {
      return await this.sealer.sealNext();
    } catch (error) {
      if (!(error instanceof Unavailable)) this.events.failed(error);
      throw error;
    }
  }

  /** The number of waiting entries, and the distance to the next block. */
  get waiting(): Waiting {
    const { state, schedule } = this;
    const { maxEntries } = this.contract.schedule;
    const next = state.plan.first()?.entries ?? 0;
    return {
      entries: state.waiting,
      next,
      byTimeMs: schedule.msToNext(),
      byCount: maxEntries === null ? null : maxEntries - next,
    };
  }

  /** The first sequence that isn't sealed, and the first that isn't taken. */
  get pending(): { readonly from: number; readonly to: number } {
    const { head, tail } = this.state;
    return { from: head.header.treeSize, to: tail.nextSequence };
  }
}
