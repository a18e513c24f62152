/** Intake: accepts entries of one chain, many requests in one commit (group commit), which other chains' entries share. */
import { Book, RETURN_GRACE_MS } from '../../chain/books/book.js';
import { hashHex } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import { transactionEntry, type Entry } from '../../chain/entry/entry.js';
import { ErasureRules } from '../../chain/entry/erasure-rules.js';
import type { Hold } from '../../chain/books/wallet.js';
import { counterpartyOf } from '../../ledger/counterparty.js';
import { Unavailable, type InvalidInput, type RuleViolation } from '../../ledger/errors.js';
import type { EntryEvent } from '../../ledger/node-events.js';
import { erasureTargetsOf, wireBytes, type NewEntry, type StoredEntry } from '../../ledger/chain-store.js';
import type { PlanCursor } from '../plan/block-plan.js';
import type { ChainState } from '../chain/chain-state.js';
import { COMMIT_ENTRIES_TARGET, type CommitGroup, type PreparedCommit } from './commit-group.js';
import type { DiskGuard } from './disk-guard.js';
import { entryOfDraft, isRepeat, newNamesRefusal, type Draft } from './drafts.js';
import { newNonce, newSalt } from './nonce.js';
import type { ProducerMetrics } from '../chain/producer-metrics.js';
import { erasureRefusal, nonceReused, refusalOf } from './refusals.js';
import type { WatchedClock } from '../plan/watched-clock.js';

/** An entry that is on disk, permanently. */
export interface Accepted {
  readonly entry: StoredEntry;
  /** whether it was there before, under the same nonce with the same content */
  readonly repeated: boolean;
}

/** By a rule, or for a name that a new entry can't have. */
export type Refusal = RuleViolation | InvalidInput;

/** The outcome of a draft. */
export type Outcome = Accepted | Refusal;

export interface IntakeLimits {
  /** entries that may wait for a block */
  readonly pendingEntriesMax: number;
}

export interface IntakeEvents {
  /** After each commit that stored something: what it stored. */
  accepted(entries: readonly EntryEvent[]): void;
  /** Nothing was stored of what was sent: the disk takes nothing, or not now. */
  unstored(error: Unavailable): void;
  /** After an error that does not pass by itself: the process must stop. */
  failed(error: unknown): void;
}

interface Request {
  readonly drafts: readonly Draft[];
  resolve(outcomes: readonly Outcome[]): void;
  reject(error: unknown): void;
}

/** One commit in the making. */
interface Batch {
  /** the time of what is accepted now: never before an entry that is there, also when the clock was set back */
  readonly now: number;
  /** the same on the steady clock */
  readonly elapsed: number;
  readonly entries: NewEntry[];
  /** the events that announce the entries */
  readonly events: EntryEvent[];
  /** what the entries change in the books; undefined where the chain has none */
  readonly book: Book | undefined;
  /** what this commit's erasures erase, over what is stored */
  readonly erasures: ErasureRules;
  readonly cursor: PlanCursor;
  /** this commit's own, by sender and nonce: the store does not have them yet */
  readonly byNonce: Map<string, StoredEntry>;
  nextSequence: number;
  lastTimestamp: number;
}

export class Intake {
  private queue: Request[] = [];
  private queuedDrafts = 0;
  /** see {@link reserve} */
  private reservedDrafts = 0;
  private stopped = false;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly state: ChainState,
    private readonly commits: CommitGroup,
    private readonly clock: WatchedClock,
    private readonly disk: DiskGuard,
    private readonly limits: IntakeLimits,
    private readonly metrics: ProducerMetrics,
    private readonly events: IntakeEvents,
  ) {}

  /**
   * Resolves once everything that was accepted of `drafts` is on disk, all of it in one commit.
   * @returns an outcome for each draft, in order
   * @throws Unavailable when nothing was accepted because the queue or the disk is full, the wall clock can't be
   *   believed, or the node stops
   * @throws FatalError when it isn't known whether something was
   */
  submit(drafts: readonly Draft[]): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      this.assertRoom(drafts.length);
      this.queue.push({ drafts, resolve, reject });
      this.queuedDrafts += drafts.length;
      this.commits.plan(this);
    });
  }

  /**
   * Resolves once every hold that has ended without an answer is returned, on disk.
   * @throws as {@link submit}
   */
  returnExpired(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.queue.push({ drafts: [], resolve: () => resolve(), reject });
      this.commits.plan(this);
    });
  }

  /** Refuses what comes from now on; resolves when all that came before is answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.queue.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /**
   * Keeps room for drafts that are still being checked: they count as waiting, so that checking is bounded too.
   * @returns gives the room back
   * @throws Unavailable when that many drafts can't be taken now
   */
  reserve(count: number): () => void {
    this.assertRoom(count);
    this.reservedDrafts += count;
    return () => {
      this.reservedDrafts -= count;
    };
  }

  private assertRoom(count: number): void {
    if (this.stopped) throw new Unavailable('STOPPING', 'the producer is stopping', 5);
    const { pendingEntriesMax } = this.limits;
    const waiting = this.state.waiting + this.queuedDrafts + this.reservedDrafts;
    if (waiting + count > pendingEntriesMax) {
      throw new Unavailable(
        'QUEUE_FULL',
        `${waiting} entries wait for a block of ${this.state.name}; at most ${pendingEntriesMax} may`,
        this.secondsToNextBlock(),
      );
    }
    const full = this.disk.refusal();
    if (full !== undefined) {
      this.events.unstored(full);
      throw full;
    }
    this.clock.assertBelieved();
  }

  private secondsToNextBlock(): number {
    const { intervalMs } = this.state.chain.contract.schedule;
    return intervalMs === null ? 1 : Math.max(1, Math.ceil(intervalMs / 1000));
  }

  /** Whether anybody waits for an answer. */
  get hasWork(): boolean {
    return this.queue.length > 0;
  }

  /**
   * The first two beats of a commit, and the last one: what the caller commits, with other chains' entries, within the
   * same turn of the event loop, so that nobody else writes in between.
   * @returns undefined where there is nothing to commit; all waiting callers are answered then
   */
  prepare(): PreparedCommit | undefined {
    let requests: readonly Request[] = [];
    let outcomes: (readonly Outcome[])[];
    let batch: Batch;
    try {
      // load, and compute. First of all, what has to go back to its sender.
      batch = this.newBatch();
      this.refuseAtImplausibleTime();
      if (this.placeReturns(batch)) requests = this.take();
      outcomes = requests.map(({ drafts }) => drafts.map((draft) => this.decide(draft, batch)));
    } catch (error) {
      this.fail(requests, error);
      return undefined;
    }
    const answer = (): void => {
      requests.forEach((request, i) => {
        request.resolve(outcomes[i] ?? []);
      });
      this.settle();
    };
    if (batch.entries.length === 0) {
      answer();
      return undefined;
    }
    const measured = this.metrics.committing(this.state.name);
    return {
      chain: this.state.chain.id,
      entries: batch.entries,
      failed: (error) => this.fail(requests, error),
      committed: () => {
        measured(batch.entries.length);
        this.remember(batch);
        answer();
        this.events.accepted(batch.events);
      },
    };
  }

  private remember(batch: Batch): void {
    this.state.tail = { nextSequence: batch.nextSequence, lastTimestamp: batch.lastTimestamp };
    this.state.plan.commit(batch.cursor);
    if (batch.book !== undefined) this.state.book?.absorb(batch.book);
    this.metrics.accepted(this.state.name, batch.entries.length, this.state.waiting);
  }

  private fail(requests: readonly Request[], error: unknown): void {
    for (const request of requests.length > 0 ? requests : this.take()) request.reject(error);
    this.settle();
    if (error instanceof Unavailable) this.events.unstored(error);
    else this.events.failed(error);
  }

  /** The rest is for the next commit; if there is none, {@link stop} may end. */
  private settle(): void {
    if (this.hasWork) this.commits.plan(this);
    else for (const resolve of this.idle.splice(0)) resolve();
  }

  /** All but what has to be returned, which is dated by the time expected. */
  private refuseAtImplausibleTime(): void {
    const { refusal } = this.clock;
    if (refusal === undefined) return;
    const refused = this.queue.filter(({ drafts }) => drafts.length > 0);
    this.queue = this.queue.filter(({ drafts }) => drafts.length === 0);
    this.queuedDrafts = 0;
    for (const request of refused) request.reject(refusal);
  }

  private take(): readonly Request[] {
    let count = 0;
    let end = 0;
    for (; end < this.queue.length && (end === 0 || count < COMMIT_ENTRIES_TARGET); end++) {
      count += this.queue[end]?.drafts.length ?? 0;
    }
    const requests = this.queue.splice(0, end);
    this.queuedDrafts -= count;
    return requests;
  }

  private newBatch(): Batch {
    const { tail, plan, book, store } = this.state;
    const lastTimestamp = tail.lastTimestamp ?? 0;
    return {
      now: Math.max(this.clock.now(), lastTimestamp),
      elapsed: this.clock.elapsed(),
      entries: [],
      events: [],
      book: book === undefined ? undefined : new Book(book, this.tokenContract as TokenContract),
      erasures: new ErasureRules(erasureTargetsOf(store, tail.nextSequence) ?? (() => 'unknown')),
      cursor: plan.cursor(),
      byNonce: new Map(),
      nextSequence: tail.nextSequence,
      lastTimestamp,
    };
  }

  /**
   * Nothing else may come before what has to be returned (protocol, section 7).
   * @returns whether all of it is in this batch
   */
  private placeReturns(batch: Batch): boolean {
    const { book } = batch;
    if (book === undefined) return true;
    for (;;) {
      const hold = book.firstOpenHold();
      if (hold === undefined || hold.holdUntil >= batch.now) return true;
      if (batch.entries.length >= COMMIT_ENTRIES_TARGET) return false;
      this.placeReturn(hold, batch);
    }
  }

  private placeReturn({ id, holdUntil }: Hold, batch: Batch): void {
    const contract = this.tokenContract as TokenContract;
    const nonce = newNonce(batch.now);
    const sender = contract.feeWallet;
    // After an outage the return is dated back to the last moment at which it was due: so no entry is ever later
    // than the grace after an open hold, not even another return.
    const timestamp = Math.max(Math.min(batch.now, holdUntil + RETURN_GRACE_MS), batch.lastTimestamp);
    const transaction = { type: 'return', sender, nonce, timestamp, transfer: id } as const;
    this.place(transactionEntry(transaction, contract), batch, nonceKey(sender, nonce));
    batch.lastTimestamp = timestamp;
  }

  private decide(draft: Draft, batch: Batch): Outcome {
    const sender = draft.kind === 'token' ? draft.content.sender : '';
    if (draft.nonce !== undefined) {
      const before =
        batch.byNonce.get(nonceKey(sender, draft.nonce)) ??
        this.state.store.entryByNonce(sender, draft.nonce);
      if (before !== undefined) return this.repeat(draft, before, draft.nonce);
    }
    const misnamed = newNamesRefusal(draft);
    if (misnamed !== undefined) return misnamed;
    const nonce = draft.nonce ?? newNonce(batch.now);
    const salt = draft.kind === 'information' ? newSalt() : '';
    const entry = entryOfDraft(draft, { nonce, timestamp: batch.now, salt }, this.tokenContract);
    const refused = this.refusedByRule(entry, batch);
    if (refused !== undefined) return refused;
    batch.lastTimestamp = batch.now;
    return { entry: this.place(entry, batch, nonceKey(sender, nonce)), repeated: false };
  }

  private refusedByRule(entry: Entry, { book, erasures }: Batch): RuleViolation | undefined {
    if (entry.kind === 'token') {
      const broken = book?.check(entry.transaction);
      return broken && refusalOf(broken);
    }
    if (entry.leaf.type === 'information') return undefined;
    // A record of the same commit has an id that no client knows yet.
    const broken = erasures.takeErasure(hashHex(entry.id), entry.leaf.erases);
    return broken && erasureRefusal(broken);
  }

  private repeat(draft: Draft, before: StoredEntry, nonce: string): Outcome {
    if (isRepeat(draft, before, this.tokenContract)) return { entry: before, repeated: true };
    return nonceReused(nonce, WORDS[draft.kind]);
  }

  private place(entry: Entry, batch: Batch, key: string): StoredEntry {
    const content = entry.kind === 'information' ? entry.content : undefined;
    const size = wireBytes(
      Buffer.byteLength(entry.leafText),
      content === undefined ? 0 : Buffer.byteLength(content.text),
    );
    const block = batch.cursor.place(size, batch.elapsed);
    const sequence = batch.nextSequence++;
    const id = hashHex(entry.id);
    let counterparty: string | undefined;
    if (entry.kind === 'token' && batch.book !== undefined) {
      counterparty = counterpartyOf(entry.transaction, batch.book);
      batch.book.apply(entry.transaction, id, sequence);
    }
    batch.entries.push({ sequence, block, entry, counterparty });
    const stored: StoredEntry = { sequence, block, content, id, leafText: entry.leafText };
    batch.byNonce.set(key, stored);
    const addresses = entry.kind === 'token' ? [entry.transaction.sender, counterparty as string] : [];
    batch.events.push({ type: 'entry', chain: this.state.chain, entry: stored, addresses });
    return stored;
  }

  private get tokenContract(): TokenContract | undefined {
    const { contract } = this.state.chain;
    return contract.kind === 'token' ? contract : undefined;
  }
}

const WORDS = { token: 'transaction', information: 'record', erasure: 'erasure' } as const;

/** A nonce has no line feed: no two pairs share a key. */
function nonceKey(sender: string, nonce: string): string {
  return `${nonce}\n${sender}`;
}
