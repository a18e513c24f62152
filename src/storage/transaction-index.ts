/**
 * Finds transactions by id and by wallet. An index of SQLite's would change a page for each of them, anywhere in the
 * file: in a long chain that costs ten times what the row itself does. So the newest are found in memory, and go to
 * their tables a generation at a time, in the order of the keys: neighbours share a page then. Nothing depends on it
 * that a crash could take away: what isn't in the tables is read from the transactions at the next start.
 */
import { endianness } from 'node:os';
import { assert } from '../ledger/errors.js';
import type { Statements } from './statements.js';

/** Transactions that are sorted together: 5 MB of memory where few wallets have them, 7 where each has its own. */
export const GENERATION_TRANSACTIONS = 65_536;
/** For each new transaction so many of the oldest generation go to the tables: it is gone when the next one is full. */
const WRITTEN_FOR_EACH = 2;
/** Bytes of an id that it is looked up by: two transactions hardly ever share them, and a double holds them exactly. */
const PREFIX_BYTES = 6;
/** Wallets of a transaction, at most. */
const WALLETS = 2;
/** Rows read at a time. */
const ROWS_PER_READ = 5000;

/** The key of `meta` whose value is the first sequence that may be missing in the tables. */
export const INDEXED_KEY = 'transactions_indexed';

const INSERT = {
  ids: 'INSERT OR IGNORE INTO transaction_id (prefix, sequence) VALUES (?, ?)',
  wallets: 'INSERT OR IGNORE INTO wallet_transaction (wallet, sequence) VALUES (?, ?)',
} as const;

/** A transaction's place and what it is found by. */
export interface IndexedTransaction {
  readonly sequence: number;
  readonly id: Buffer;
  /** the numbers of its two wallets, which may be one */
  readonly sender: number;
  readonly recipient: number;
}

export class TransactionIndex {
  /** oldest first; all but the last are full, and the last is never */
  private readonly generations: Generation[];
  /** of the transaction under way: its new ones, and how many of the oldest generation it wrote to the tables */
  private staged: IndexedTransaction[] = [];
  private stagedWritten = 0;

  constructor(
    private readonly sql: Statements,
    private readonly generationMax = GENERATION_TRANSACTIONS,
  ) {
    assert(generationMax <= OFFSETS, 'a place in a generation has 16 bits');
    const indexed = sql.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', [INDEXED_KEY])?.value;
    assert(indexed !== undefined && /^\d+$/.test(indexed), `${INDEXED_KEY} in meta is a sequence`);
    this.generations = [new Generation(Number(indexed), this.generationMax)];
    for (let from = this.indexed; ;) {
      const rows = sql.all<IndexedTransaction>(
        `SELECT sequence, id, sender, recipient FROM "transaction" WHERE sequence >= ? ORDER BY sequence LIMIT ?`,
        [from, ROWS_PER_READ],
      );
      for (const row of rows) this.add(row);
      const last = rows.at(-1);
      if (last === undefined) return;
      from = last.sequence + 1;
    }
  }

  /**
   * Within the transaction that stores new ones, in order: writes to the tables what it is time for. Whether that lasts
   * is told by {@link keep} or {@link drop}.
   */
  stage(added: readonly IndexedTransaction[]): void {
    for (const transaction of added) this.staged.push(transaction);
    if (this.generations.length === 1) return;
    const { oldest } = this;
    const from = oldest.written + this.stagedWritten;
    this.stagedWritten += added.length * WRITTEN_FOR_EACH;
    this.write(oldest, from, oldest.written + this.stagedWritten);
    if (this.isOldestDone) {
      this.sql.run('UPDATE meta SET value = ? WHERE key = ?', [String(oldest.end), INDEXED_KEY]);
    }
  }

  /** The transaction is on disk: the new ones are found from now on. */
  keep(): void {
    const isDone = this.isOldestDone;
    this.oldest.written += this.stagedWritten;
    if (isDone) this.generations.shift();
    for (const transaction of this.staged) this.add(transaction);
    this.drop();
  }

  /** The transaction was rolled back, or what it left is kept. */
  drop(): void {
    this.staged = [];
    this.stagedWritten = 0;
  }

  /** The sequence of the transaction with this id. */
  sequenceOf(id: Buffer): number | undefined {
    return this.find<{ sequence: number }>(id, 'sequence')?.sequence;
  }

  /** The columns of the transaction with this id, in one read: what a second one begins with costs more than itself. */
  find<Row>(id: Buffer, columns: string): Row | undefined {
    const prefix = prefixOf(id);
    for (const generation of this.generations) {
      for (const offset of generation.ids.get(shortOf(prefix))) {
        const row = this.sql.get<Row>(`SELECT ${columns} FROM "transaction" WHERE sequence = ? AND id = ?`, [
          generation.first + offset,
          id,
        ]);
        if (row !== undefined) return row;
      }
    }
    return this.sql.get<Row>(
      `SELECT ${columns} FROM transaction_id JOIN "transaction" USING (sequence)
       WHERE transaction_id.prefix = ? AND "transaction".id = ?`,
      [prefix, id],
    );
  }

  /** Sequences below `before` of the transactions that concern a wallet, newest first, at most `limit`. */
  sequencesOf(wallet: number, before: number, limit: number): number[] {
    const found: number[] = [];
    for (const { first, wallets } of this.generations.toReversed()) {
      const offsets = wallets.get(wallet);
      for (let at = countBelow(offsets, before - first) - 1; at >= 0 && found.length < limit; at--) {
        found.push(first + (offsets[at] as number));
      }
    }
    if (found.length === limit) return found;
    // Of what is in memory, a part may be in the table as well.
    const rows = this.sql.all<{ sequence: number }>(
      'SELECT sequence FROM wallet_transaction WHERE wallet = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
      [wallet, Math.min(before, this.indexed), limit - found.length],
    );
    return [...found, ...rows.map(({ sequence }) => sequence)];
  }

  private get oldest(): Generation {
    return this.generations[0] as Generation;
  }

  private get isOldestDone(): boolean {
    const { written, transactions } = this.oldest;
    return this.generations.length > 1 && written + this.stagedWritten >= transactions;
  }

  /** The first sequence that may be missing in the tables. */
  private get indexed(): number {
    return this.oldest.first;
  }

  private add(transaction: IndexedTransaction): void {
    const newest = this.generations.at(-1) as Generation;
    newest.add(transaction);
    if (newest.transactions >= this.generationMax)
      this.generations.push(new Generation(newest.end, this.generationMax));
  }

  /** @param from and `end`: counted in the order of each key */
  private write({ first, ids, wallets }: Generation, from: number, end: number): void {
    ids.inOrder(from, end, (prefix, offset) => this.sql.run(INSERT.ids, [prefix, first + offset]));
    wallets.inOrder(from * WALLETS, end * WALLETS, (wallet, offset) =>
      this.sql.run(INSERT.wallets, [wallet, first + offset]),
    );
  }
}

/** Transactions that follow each other. */
class Generation {
  readonly ids: Postings;
  readonly wallets: Postings;
  /** the sequence after the last one */
  end: number;
  transactions = 0;
  /** how many of them are in the tables, in the order of each key */
  written = 0;

  constructor(
    readonly first: number,
    max: number,
  ) {
    this.ids = new Postings(max);
    this.wallets = new Postings(max * WALLETS);
    this.end = first;
  }

  add({ sequence, id, sender, recipient }: IndexedTransaction): void {
    const offset = sequence - this.first;
    const prefix = prefixOf(id);
    this.ids.add(prefix, offset, shortOf(prefix));
    this.wallets.add(sender, offset);
    if (recipient !== sender) this.wallets.add(recipient, offset);
    this.end = sequence + 1;
    this.transactions++;
  }
}

/** Places in a generation, at most: the low 16 bits beside a key's 48. */
const OFFSETS = 2 ** 16;
/** Where a 64-bit number has its low half. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 1] : [1, 0];

/**
 * Places in a generation by a key below 2^48; once no more are added, in the order of the keys as well. Kept as numbers
 * without objects around them: with an array for each key, to grow and to sort stopped a node for 20 to 60 ms.
 */
class Postings {
  /** one offset, or several in order */
  private readonly offsets = new Map<number, number | number[]>();
  /** key and offset, in 64 bits */
  private readonly pairs: BigUint64Array;
  private readonly halves: Uint32Array;
  private isSorted = false;
  private count = 0;

  constructor(max: number) {
    this.pairs = new BigUint64Array(max);
    this.halves = new Uint32Array(this.pairs.buffer);
  }

  /** @param lookup what {@link get} finds it by */
  add(key: number, offset: number, lookup = key): void {
    const at = 2 * this.count++;
    this.halves[at + LOW] = (key % OFFSETS) * OFFSETS + offset;
    this.halves[at + HIGH] = Math.floor(key / OFFSETS);
    const before = this.offsets.get(lookup);
    if (before === undefined) this.offsets.set(lookup, offset);
    else if (typeof before === 'number') this.offsets.set(lookup, [before, offset]);
    else before.push(offset);
  }

  get(lookup: number): readonly number[] {
    const found = this.offsets.get(lookup);
    if (found === undefined) return NONE;
    return typeof found === 'number' ? [found] : found;
  }

  /** @param visit is given what has the ranks from `from` to before `end` in the order of the keys */
  inOrder(from: number, end: number, visit: (key: number, offset: number) => void): void {
    if (!this.isSorted) this.pairs.subarray(0, this.count).sort();
    this.isSorted = true;
    for (let at = 2 * from; at < 2 * Math.min(end, this.count); at += 2) {
      const low = this.halves[at + LOW] as number;
      visit((this.halves[at + HIGH] as number) * OFFSETS + Math.floor(low / OFFSETS), low % OFFSETS);
    }
  }
}

const NONE: readonly number[] = [];

/** What an id is looked up by: its first bytes, as a number. */
export function prefixOf(id: Buffer): number {
  return id.readUIntBE(0, PREFIX_BYTES);
}

/** The part of a prefix that V8 keeps in place: whoever is found by it is compared as a whole. */
function shortOf(prefix: number): number {
  return prefix % 2 ** 30;
}

/** How many of a list in order are below a number. */
function countBelow(list: readonly number[], bound: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
