/** What transactions are found by (transaction-index.ts), held against the transactions themselves. */
import { randomInt } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import type { Stored } from '../ledger/audit-stored.js';
import { PAIR_BYTES, Postings, prefixOf } from './transaction-index.js';

/** Some ten milliseconds of work. */
const ROWS_PER_STEP = 5000;
const TWO_32 = 2 ** 32;

/** A transaction's columns as they are stored. */
export type FoundBy = readonly [sequence: Stored, id: Stored, sender: Stored, recipient: Stored];

/**
 * Both sides are in another order, and too many for memory: so what each has is added up to a sum, and the sums are
 * compared. Pairs of whose transactions not all need be in a table are looked up instead.
 */
export class LookUpAudit {
  private readonly ids = new PairSum();
  private readonly wallets = new PairSum();
  private readonly runIds = new PairSum();
  private readonly runWallets = new PairSum();
  /** the sequence after the last one of the stored generations */
  private readonly runsEnd: Stored;
  private readonly transaction: Statement<[number], FoundBy>;

  /** @param indexed the first sequence that may be missing in the tables */
  constructor(
    private readonly db: Database,
    private readonly indexed: number,
  ) {
    this.transaction = db
      .prepare<[number], FoundBy>(
        'SELECT sequence, id, sender, recipient FROM "transaction" WHERE sequence = ?',
      )
      .raw();
    this.runsEnd = db
      .prepare<[number]>('SELECT max(first + octet_length(ids) / 8) FROM transaction_run WHERE first >= ?')
      .pluck()
      .get(indexed);
  }

  /** Takes a row of the transactions; each once. What isn't of its type is a fault by itself, and not told here. */
  expect([sequence, id, sender, recipient]: FoundBy): void {
    if (typeof sequence !== 'number') return;
    const isInTables = sequence < this.indexed;
    if (!isInTables && !(typeof this.runsEnd === 'number' && sequence < this.runsEnd)) return;
    const [ids, wallets] = isInTables ? [this.ids, this.wallets] : [this.runIds, this.runWallets];
    if (id instanceof Buffer) ids.add(prefixOf(id), sequence);
    if (typeof sender === 'number') wallets.add(sender, sequence);
    if (typeof recipient === 'number' && recipient !== sender) wallets.add(recipient, sequence);
  }

  /**
   * Compares, once all transactions were taken; some thousand rows between two steps.
   * @returns the first table that has another content
   */
  *wrong(): Generator<void, string | undefined, void> {
    const ids = yield* this.isRight(
      `SELECT prefix, sequence FROM transaction_id WHERE (prefix, sequence) > (?, ?) ORDER BY prefix, sequence LIMIT ?`,
      this.ids,
      (prefix, [, id]) => id instanceof Buffer && prefixOf(id) === prefix,
    );
    if (!ids) return 'transaction_id';
    const wallets = yield* this.isRight(
      `SELECT wallet, sequence FROM wallet_transaction WHERE (wallet, sequence) > (?, ?) ORDER BY wallet, sequence LIMIT ?`,
      this.wallets,
      (wallet, [, , sender, recipient]) => wallet === sender || wallet === recipient,
    );
    if (!wallets) return 'wallet_transaction';
    return (yield* this.areRunsRight()) ? undefined : 'transaction_run';
  }

  private *areRunsRight(): Generator<void, boolean, void> {
    const select = this.db.prepare<[number], { first: Stored; ids: Stored; wallets: Stored }>(
      'SELECT first, ids, wallets FROM transaction_run WHERE first >= ? ORDER BY first LIMIT 1',
    );
    const [ids, wallets] = [this.runIds.another(), this.runWallets.another()];
    for (let next = this.indexed; ;) {
      const run = select.get(next);
      if (run === undefined) return ids.equals(this.runIds) && wallets.equals(this.runWallets);
      if (run.first !== next || !addRun(ids, next, run.ids) || !addRun(wallets, next, run.wallets))
        return false;
      next += (run.ids as Buffer).length / PAIR_BYTES;
      yield;
    }
  }

  private *isRight(
    sql: string,
    expected: PairSum,
    belongs: (key: number, transaction: FoundBy) => boolean,
  ): Generator<void, boolean, void> {
    const select = this.db.prepare<[Stored, Stored, number], [Stored, Stored]>(sql).raw();
    const found = expected.another();
    for (let after: [Stored, Stored] = [Number.MIN_SAFE_INTEGER, 0]; ;) {
      const rows = select.all(...after, ROWS_PER_STEP);
      for (const [key, sequence] of rows) {
        if (!Number.isSafeInteger(key) || !Number.isSafeInteger(sequence)) return false;
        const pair = [key as number, sequence as number] as const;
        if (pair[1] < this.indexed) found.add(...pair);
        else {
          const transaction = this.transaction.get(pair[1]);
          if (transaction === undefined || !belongs(pair[0], transaction)) return false;
        }
      }
      yield;
      const last = rows.at(-1);
      if (last === undefined || rows.length < ROWS_PER_STEP) return found.equals(expected);
      after = last;
    }
  }
}

/** @returns whether they are postings in order, and not none */
function addRun(sum: PairSum, first: number, bytes: Stored): boolean {
  if (!(bytes instanceof Buffer) || bytes.length === 0 || bytes.length % PAIR_BYTES !== 0) return false;
  const postings = Postings.ofBytes(bytes);
  let before = -1;
  for (let at = 0; at < postings.count; at++) {
    const [key, offset] = [postings.keyAt(at), postings.offsetAt(at)];
    if (key < before || (key === before && offset <= postings.offsetAt(at - 1))) return false;
    sum.add(key, first + offset);
    before = key;
  }
  return true;
}

/**
 * Adds up pairs of a key (up to 48 bits) and a sequence, in any order. Each is hashed (MurmurHash3's mixing) twice, with
 * seeds that are new in every audit: nobody can prepare other pairs of the same sum, and by chance it is one in 2^64.
 */
class PairSum {
  private count = 0;
  private first = 0;
  private second = 0;

  constructor(private readonly seeds = [randomInt(TWO_32), randomInt(TWO_32)] as const) {}

  /** An empty one to be compared with this one. */
  another(): PairSum {
    return new PairSum(this.seeds);
  }

  add(key: number, sequence: number): void {
    const [first, second] = this.seeds;
    this.count++;
    this.first = (this.first + hash(first, key, sequence)) | 0;
    this.second = (this.second + hash(second, key, sequence)) | 0;
  }

  equals(other: PairSum): boolean {
    return this.count === other.count && this.first === other.first && this.second === other.second;
  }
}

function hash(seed: number, key: number, sequence: number): number {
  let mixed = mix(seed, key | 0);
  mixed = mix(mixed, Math.floor(key / TWO_32));
  mixed = mix(mixed, sequence | 0);
  mixed = mix(mixed, Math.floor(sequence / TWO_32));
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function mix(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  mixed ^= hash;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
