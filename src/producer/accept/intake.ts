/** Intake: accepts entries of one chain, many requests in one commit (group commit), which other chains' entries share. */
import { Book, RETURN_GRACE_MS } from '../../chain/books/book.js';
import { isTokenContract, isTransaction } from '../../chain/contract/kinds.js';
import { hashHex } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import { contentIn, transactionEntry, type Entry } from '../../chain/entry/entry.js';
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
import type { RandomTexts } from './nonce.js';
import type { ProducerMetrics } from '../chain/producer-metrics.js';
import { erasureRefusal, nonceReused, refusalOf } from './refusals.js';
import type { WatchedClock } from '../plan/watched-clock.js';

/** An entry that is on disk, permanently. */
export interface Accepted {
  readonly entry: StoredEntry;
  /** whether it was accepted before, with the same nonce and content */
  readonly repeated: boolean;
}

/** A refusal by a rule, or because of a name that a new entry can't have. */
export type Refusal = RuleViolation | InvalidInput;

/** The outcome of a draft. */
export type Outcome = Accepted | Refusal;

export interface IntakeLimits {
  /** the maximum number of waiting entries */
  readonly pendingEntriesMax: number;
}

export interface IntakeEvents {
  /** Called after each commit with the stored entries. */
  accepted(entries: readonly EntryEvent[]): void;
  /** Called if nothing could be stored, for now. */
  unstored(error: Unavailable): void;
  /** Called after an error that is not temporary: the process must stop. */
  failed(error: unknown): void;
}

interface Request {
  readonly drafts: readonly Draft[];
  resolve(outcomes: readonly Outcome[]): void;
  reject(error: unknown): void;
}

/** A commit in preparation. */
interface Batch {
  /** the time of newly accepted entries: never before an existing entry, even if the clock was set back */
  readonly now: number;
  /** the same on the steady clock */
  readonly elapsed: number;
  readonly entries: NewEntry[];
  /** the events that announce the entries */
  readonly events: EntryEvent[];
  /** the books with the entries' changes; undefined if the chain has none */
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
    private readonly random: RandomTexts,
    private readonly limits: IntakeLimits,
    private readonly metrics: ProducerMetrics,
    private readonly events: IntakeEvents,
  ) {}

  /**
   * Resolves once everything that was accepted of `drafts` is on disk, all of it in one commit.
   * @returns an outcome for each draft, in order
   * @throws Unavailable if nothing was accepted, because the queue or the disk is full, the wall clock is not
   *   trusted, or the node stops
   * @throws FatalError if the outcome is unknown
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
   * Resolves once the returns of all expired holds are on disk.
   * @throws as {@link submit}
   */
  returnExpired(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.queue.push({ drafts: [], resolve: () => resolve(), reject });
      this.commits.plan(this);
    });
  }

  /** Refuses new requests; resolves when all earlier ones are answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.queue.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /**
   * Reserves room for drafts that are still being checked: they count as waiting, so that checking is bounded too.
   * @returns a function that releases the room
   * @throws Unavailable if there is no room for that many drafts now
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
   * Loads and computes a commit, and prepares its announcement. The caller commits it, together with other chains' entries,
   * in the same turn of the event loop, so that nobody else writes in between.
   * @returns undefined if there is nothing to commit: then all waiting callers were answered
   */
  prepare(): PreparedCommit | undefined {
    let requests: readonly Request[] = [];
    let outcomes: (readonly Outcome[])[];
    let batch: Batch;
    try {
      // load, and compute. Expired holds are returned first.
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

  /** All but returns, which are dated by their due time. */
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
   * Due returns must come first (protocol, section 7).
   * @returns whether this batch contains all of them
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
    const nonce = this.random.nonce(batch.now);
    const sender = contract.feeWallet;
    // After an outage, the return is dated back to its latest due time: so no entry, not even another return, is later
    // than the grace period of an open hold.
    const timestamp = Math.max(Math.min(batch.now, holdUntil + RETURN_GRACE_MS), batch.lastTimestamp);
    const transaction = { type: 'return', sender, nonce, timestamp, transfer: id } as const;
    this.place(transactionEntry(transaction, contract), batch, nonceKey(sender, nonce));
    batch.lastTimestamp = timestamp;
  }

  private decide(draft: Draft, batch: Batch): Outcome {
    const sender = draft.type === 'transaction' ? draft.content.sender : '';
    if (draft.nonce !== undefined) {
      const before =
        batch.byNonce.get(nonceKey(sender, draft.nonce)) ??
        this.state.store.entryByNonce(sender, draft.nonce);
      if (before !== undefined) return this.repeat(draft, before, draft.nonce);
    }
    const misnamed = newNamesRefusal(draft);
    if (misnamed !== undefined) return misnamed;
    const nonce = draft.nonce ?? this.random.nonce(batch.now);
    const salt = draft.type === 'record' ? this.random.salt() : '';
    const entry = entryOfDraft(draft, { nonce, timestamp: batch.now, salt }, this.tokenContract);
    const refused = this.refusedByRule(entry, batch);
    if (refused !== undefined) return refused;
    batch.lastTimestamp = batch.now;
    return { entry: this.place(entry, batch, nonceKey(sender, nonce)), repeated: false };
  }

  private refusedByRule(entry: Entry, { book, erasures }: Batch): RuleViolation | undefined {
    if (isTransaction(entry)) {
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
    return nonceReused(nonce, draft.type);
  }

  private place(entry: Entry, batch: Batch, key: string): StoredEntry {
    const content = contentIn(entry);
    const size = wireBytes(
      Buffer.byteLength(entry.leafText),
      content === undefined ? 0 : Buffer.byteLength(content.text),
    );
    const block = batch.cursor.place(size, batch.elapsed);
    const sequence = batch.nextSequence++;
    const id = hashHex(entry.id);
    let counterparty: string | undefined;
    if (isTransaction(entry) && batch.book !== undefined) {
      counterparty = counterpartyOf(entry.transaction, batch.book);
      batch.book.apply(entry.transaction, id, sequence);
    }
    batch.entries.push({ sequence, block, entry, counterparty });
    const stored: StoredEntry = { sequence, block, content, id, leafText: entry.leafText };
    batch.byNonce.set(key, stored);
    const addresses = isTransaction(entry) ? [entry.transaction.sender, counterparty as string] : [];
    batch.events.push({ type: 'entry', chain: this.state.chain, entry: stored, addresses });
    return stored;
  }

  private get tokenContract(): TokenContract | undefined {
    const { contract } = this.state.chain;
    return isTokenContract(contract) ? contract : undefined;
  }
}

/** A nonce contains no line feed, so different pairs have different keys. */
function nonceKey(sender: string, nonce: string): string {
  return `${nonce}\n${sender}`;
}
