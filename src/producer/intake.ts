/** Intake: accepts entries of one chain, many requests in one commit (group commit). */
import { randomBytes } from 'node:crypto';
import type { TokenContract } from '../chain/contract.js';
import type { Entry } from '../chain/entry.js';
import { RuleViolation, Unavailable } from '../ledger/errors.js';
import { wireBytes, type LedgerStore, type NewEntry, type StoredEntry } from '../ledger/store.js';
import { applyTransfer, walletsOf, type Wallet } from '../ledger/wallets.js';
import type { PlanCursor } from './block-plan.js';
import type { ChainState, Clock } from './chain-state.js';
import type { DiskGuard } from './disk-guard.js';
import { entryOfDraft, isRepeat, type Draft, type TransferDraft } from './drafts.js';
import type { ProducerMetrics } from './producer-metrics.js';

/** An entry that is on disk, for ever. */
export interface Accepted {
  readonly entry: StoredEntry;
  /** whether it was there before, under the same nonce with the same content */
  readonly repeated: boolean;
}

/** What became of a draft: accepted, or refused by a rule. */
export type Outcome = Accepted | RuleViolation;

export interface IntakeLimits {
  /** entries that may wait for a block */
  readonly pendingEntriesMax: number;
}

export interface IntakeEvents {
  /** After each commit that stored something. */
  accepted(): void;
  /** After an error that does not pass by itself: the process must stop. */
  failed(error: unknown): void;
}

/** Entries in one commit, more or less: some ten milliseconds of work. */
const COMMIT_ENTRIES_TARGET = 1000;

interface Request {
  readonly drafts: readonly Draft[];
  resolve(outcomes: readonly Outcome[]): void;
  reject(error: unknown): void;
}

/** One commit in the making. */
interface Batch {
  readonly entries: NewEntry[];
  readonly wallets: Map<string, Wallet>;
  readonly cursor: PlanCursor;
  /** this commit's own, by sender and nonce: the store does not have them yet */
  readonly byNonce: Map<string, StoredEntry>;
  nextSequence: number;
  lastTimestamp: number;
}

export class Intake {
  private queue: Request[] = [];
  private queuedDrafts = 0;
  private drainPlanned = false;
  private stopped = false;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly state: ChainState,
    private readonly store: LedgerStore,
    private readonly clock: Clock,
    private readonly disk: DiskGuard,
    private readonly limits: IntakeLimits,
    private readonly metrics: ProducerMetrics,
    private readonly events: IntakeEvents,
  ) {}

  /**
   * Resolves once everything that was accepted of `drafts` is on disk, all of it in one commit.
   * @returns an outcome for each draft, in order
   * @throws Unavailable when nothing was accepted because the queue or the disk is full, or the node stops
   * @throws FatalError when it isn't known whether something was
   */
  submit(drafts: readonly Draft[]): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      this.assertRoom(drafts.length);
      this.queue.push({ drafts, resolve, reject });
      this.queuedDrafts += drafts.length;
      this.planDrain();
    });
  }

  /** Refuses what comes from now on; resolves when all that came before is answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.queue.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private assertRoom(count: number): void {
    if (this.stopped) throw new Unavailable('STOPPING', 'the producer is stopping', 5);
    const { pendingEntriesMax } = this.limits;
    const waiting = this.state.waiting + this.queuedDrafts;
    if (waiting + count > pendingEntriesMax) {
      throw new Unavailable(
        'QUEUE_FULL',
        `${waiting} entries wait for a block of ${this.state.name}; at most ${pendingEntriesMax} may`,
        this.secondsToNextBlock(),
      );
    }
    this.disk.assertRoom();
  }

  private secondsToNextBlock(): number {
    const { intervalMs } = this.state.chain.contract.schedule;
    return intervalMs === null ? 1 : Math.max(1, Math.ceil(intervalMs / 1000));
  }

  /** After the requests that are being read right now: they share the commit. */
  private planDrain(): void {
    if (this.drainPlanned) return;
    this.drainPlanned = true;
    setImmediate(() => {
      this.drainPlanned = false;
      this.drain();
      if (this.queue.length > 0) this.planDrain();
      else for (const resolve of this.idle.splice(0)) resolve();
    });
  }

  /** Load, compute and commit without a pause: nobody else writes in between. */
  private drain(): void {
    const requests = this.take();
    let outcomes: (readonly Outcome[])[];
    let batch: Batch;
    try {
      // load
      batch = this.newBatch(requests);
      // compute
      outcomes = requests.map(({ drafts }) => drafts.map((draft) => this.decide(draft, batch)));
      // commit. A crash before its end leaves nothing of it; one after leaves entries whose client got no answer:
      // it asks again under its nonce.
      if (batch.entries.length > 0) this.commit(batch);
    } catch (error) {
      for (const request of requests) request.reject(error);
      if (!(error instanceof Unavailable)) this.events.failed(error);
      return;
    }
    // announce
    if (batch.entries.length > 0) {
      this.state.tail = { nextSequence: batch.nextSequence, lastTimestamp: batch.lastTimestamp };
      this.state.plan.commit(batch.cursor);
      this.metrics.accepted(this.state.name, batch.entries.length, this.state.waiting);
    }
    requests.forEach((request, i) => {
      request.resolve(outcomes[i] ?? []);
    });
    if (batch.entries.length > 0) this.events.accepted();
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

  private newBatch(requests: readonly Request[]): Batch {
    const contract = this.tokenContract;
    const transfers = requests.flatMap(({ drafts }) =>
      drafts.filter((draft): draft is TransferDraft => draft.kind === 'token'),
    );
    const addresses =
      contract === undefined
        ? []
        : transfers.flatMap((draft) => walletsOf({ ...draft, memo: '', nonce: '', timestamp: 0 }, contract));
    return {
      entries: [],
      wallets: this.store.wallets(addresses),
      cursor: this.state.plan.cursor(),
      byNonce: new Map(),
      nextSequence: this.state.tail.nextSequence,
      lastTimestamp: this.state.tail.lastTimestamp ?? 0,
    };
  }

  private decide(draft: Draft, batch: Batch): Outcome {
    const sender = draft.kind === 'token' ? draft.sender : '';
    if (draft.nonce !== undefined) {
      const before =
        batch.byNonce.get(`${draft.nonce}\n${sender}`) ??
        this.store.entryByNonce(draft.kind, sender, draft.nonce);
      if (before !== undefined) return this.repeat(draft, before, draft.nonce);
    }
    // An entry's time is at least its predecessor's, also when the clock was set back.
    const timestamp = Math.max(this.clock.now(), batch.lastTimestamp);
    const nonce = draft.nonce ?? randomBytes(16).toString('base64url');
    const salt = draft.kind === 'information' ? randomBytes(16).toString('hex') : '';
    const entry = entryOfDraft(draft, { nonce, timestamp, salt }, this.tokenContract);
    return { entry: this.place(entry, batch, `${nonce}\n${sender}`, timestamp), repeated: false };
  }

  private repeat(draft: Draft, before: StoredEntry, nonce: string): Outcome {
    if (isRepeat(draft, before, this.tokenContract)) return { entry: before, repeated: true };
    return new RuleViolation(
      'NONCE_REUSED',
      'nonce',
      `the nonce ${nonce} was used before for other content: a new ${draft.kind === 'token' ? 'transaction' : 'record'} needs a new one`,
    );
  }

  private place(entry: Entry, batch: Batch, nonceKey: string, timestamp: number): StoredEntry {
    const content = entry.kind === 'information' ? entry.content : undefined;
    const size = wireBytes(
      Buffer.byteLength(entry.leafText),
      content === undefined ? 0 : Buffer.byteLength(content.text),
    );
    const block = batch.cursor.place(size, this.clock.elapsed());
    const sequence = batch.nextSequence++;
    batch.lastTimestamp = timestamp;
    batch.entries.push({ sequence, block, entry });
    if (entry.kind === 'token' && this.tokenContract !== undefined) {
      applyTransfer(batch.wallets, entry.transfer, this.tokenContract);
    }
    const stored: StoredEntry = {
      sequence,
      block,
      content,
      id: Buffer.from(entry.id).toString('hex'),
      leafText: entry.leafText,
    };
    batch.byNonce.set(nonceKey, stored);
    return stored;
  }

  private commit(batch: Batch): void {
    const done = this.metrics.committing(this.state.name);
    this.store.accept(this.state.kind, batch.entries, [...batch.wallets.values()]);
    done(batch.entries.length);
  }

  private get tokenContract(): TokenContract | undefined {
    const { contract } = this.state.chain;
    return contract.kind === 'token' ? contract : undefined;
  }
}
