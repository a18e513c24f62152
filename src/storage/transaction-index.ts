/**
 * Finds transactions by id and by wallet. An index of SQLite's would change a page for each of them, anywhere in the
 * file: in a long chain that costs ten times what the row itself does. So the newest are found in memory, and go to
 * their tables many generations together, in the order of the keys: neighbours share a page then. A full generation is
 * stored as it is in memory, sorted, so that a start reads it back at once. Nothing depends on any of it that a crash
 * could take away: what is stored neither here nor there is read from the transactions at the next start.
 */
import { endianness } from 'node:os';
import { assert } from '../ledger/errors.js';
import type { Statements } from './statements.js';

/** Transactions that are sorted together: 5 to 7 MB of memory while it fills, 1.5 MB when it is full. */
export const GENERATION_TRANSACTIONS = 65_536;
/**
 * Generations that go to the tables together, each new transaction bringing another one there: in memory are twice as
 * many at most, 24 MB. In a chain of five million, where a single generation has three ids to a page, these have 24.
 */
export const MERGED_GENERATIONS = 8;
/** Bytes of an id that it is looked up by: two transactions hardly ever share them, and a double holds them exactly. */
const PREFIX_BYTES = 6;
/** Wallets of a transaction, at most. */
const WALLETS = 2;
/** Rows read at a time. */
const ROWS_PER_READ = 5000;

/** The key of `meta` whose value is the first sequence that may be missing in the tables. */
export const INDEXED_KEY = 'transactions_indexed';

/** Rows that are written by one statement. */
const ROWS_PER_INSERT = 16;
const VALUES_PER_INSERT = 2 * ROWS_PER_INSERT;

/** What is done to a table of keys and sequences. */
interface Table {
  readonly insert: string;
  readonly insertMany: string;
  readonly has: string;
}
const TABLES = { ids: table('transaction_id', 'prefix'), wallets: table('wallet_transaction', 'wallet') };

function table(name: string, key: string): Table {
  const insert = `INSERT OR IGNORE INTO ${name} (${key}, sequence) VALUES (?, ?)`;
  const insertMany = insert + ', (?, ?)'.repeat(ROWS_PER_INSERT - 1);
  return { insert, insertMany, has: `SELECT 1 FROM ${name} WHERE ${key} = ? AND sequence = ?` };
}

/** A transaction's place and what it is found by. */
export interface IndexedTransaction {
  readonly sequence: number;
  readonly id: Buffer;
  /** the numbers of its two wallets, which may be one */
  readonly sender: number;
  readonly recipient: number;
}

/** For tests: generations of another size, and another number of them together. */
export interface IndexSizes {
  readonly generation: number;
  readonly merged: number;
}

export class TransactionIndex {
  /** oldest first; all but the last are full, and the last is never */
  private readonly generations: Generation[] = [];
  /** what goes to the tables now: the oldest generations together */
  private merge: Merge | undefined;
  /** of the transaction under way: its new ones, and the full generations that it stored */
  private staged: IndexedTransaction[] = [];
  private readonly stagedFull = new Set<Generation>();

  constructor(
    private readonly sql: Statements,
    private readonly sizes: IndexSizes = { generation: GENERATION_TRANSACTIONS, merged: MERGED_GENERATIONS },
  ) {
    assert(sizes.generation <= OFFSETS, 'a place in a generation has 16 bits');
    const value = sql.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', [INDEXED_KEY])?.value;
    assert(value !== undefined && /^\d+$/.test(value), `${INDEXED_KEY} in meta is a sequence`);
    let next = Number(value);
    for (const run of this.storedRuns(next)) {
      assert(run.first === next, `the run of transactions from ${next} on is stored`);
      const generation = Generation.ofRun(run);
      this.generations.push(generation);
      next = generation.end;
    }
    this.generations.push(new Generation(next, this.sizes.generation));
    this.readFrom(next);
    this.beginMerge();
  }

  /**
   * Within the transaction that stores new ones, in order: writes to the tables what it is time for. Whether that lasts
   * is told by {@link keep} or {@link drop}.
   */
  stage(added: readonly IndexedTransaction[]): void {
    for (const transaction of added) this.staged.push(transaction);
    this.storeFull();
    if (this.merge === undefined) return;
    this.merge.write(this.sql, added.length);
    if (!this.merge.isDone) return;
    this.sql.run('UPDATE meta SET value = ? WHERE key = ?', [String(this.merge.end), INDEXED_KEY]);
    this.sql.run('DELETE FROM transaction_run WHERE first < ?', [this.merge.end]);
  }

  /** The transaction is on disk: the new ones are found from now on. */
  keep(): void {
    for (const generation of this.stagedFull) generation.isStored = true;
    this.merge?.keep();
    if (this.merge?.isDone === true) {
      this.generations.splice(0, this.sizes.merged);
      this.merge = undefined;
    }
    for (const transaction of this.staged) this.add(transaction);
    this.beginMerge();
    this.drop();
  }

  /** The transaction was rolled back, or what it left is kept. */
  drop(): void {
    this.staged = [];
    this.stagedFull.clear();
    this.merge?.drop();
  }

  /** The sequence of the transaction with this id. */
  sequenceOf(id: Buffer): number | undefined {
    return this.find<{ sequence: number }>(id, 'sequence')?.sequence;
  }

  /** The columns of the transaction with this id, in one read: what a second one begins with costs more than itself. */
  find<Row>(id: Buffer, columns: string): Row | undefined {
    const prefix = prefixOf(id);
    for (const { first, ids } of this.generations) {
      for (const offset of ids.newestBelow(prefix, OFFSETS, OFFSETS)) {
        const row = this.sql.get<Row>(`SELECT ${columns} FROM "transaction" WHERE sequence = ? AND id = ?`, [
          first + offset,
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
      const offsets = wallets.newestBelow(wallet, before - first, limit - found.length);
      for (const offset of offsets) found.push(first + offset);
    }
    if (found.length === limit) return found;
    // Of what is in memory, a part may be in the table as well.
    const rows = this.sql.all<{ sequence: number }>(
      'SELECT sequence FROM wallet_transaction WHERE wallet = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
      [wallet, Math.min(before, this.indexed), limit - found.length],
    );
    return [...found, ...rows.map(({ sequence }) => sequence)];
  }

  /** The first sequence that may be missing in the tables. */
  private get indexed(): number {
    return (this.generations[0] as Generation).first;
  }

  private storedRuns(from: number): readonly StoredRun[] {
    return this.sql.all<StoredRun>(
      'SELECT first, ids, wallets FROM transaction_run WHERE first >= ? ORDER BY first',
      [from],
    );
  }

  private readFrom(first: number): void {
    for (let from = first; ; from += ROWS_PER_READ) {
      const rows = this.sql.all<IndexedTransaction>(
        `SELECT sequence, id, sender, recipient FROM "transaction" WHERE sequence >= ? ORDER BY sequence LIMIT ?`,
        [from, ROWS_PER_READ],
      );
      for (const row of rows) this.add(row);
      if (rows.length < ROWS_PER_READ) return;
    }
  }

  private add(transaction: IndexedTransaction): void {
    const newest = this.generations.at(-1) as Generation;
    newest.add(transaction);
    if (newest.count >= this.sizes.generation) {
      this.generations.push(new Generation(newest.end, this.sizes.generation));
    }
  }

  private storeFull(): void {
    for (const generation of this.generations.slice(0, -1)) {
      if (generation.isStored || this.stagedFull.has(generation)) continue;
      generation.sort();
      this.sql.run('INSERT OR REPLACE INTO transaction_run (first, ids, wallets) VALUES (?, ?, ?)', [
        generation.first,
        generation.ids.toBytes(),
        generation.wallets.toBytes(),
      ]);
      this.stagedFull.add(generation);
    }
  }

  private beginMerge(): void {
    const { merged } = this.sizes;
    const oldest = this.generations.slice(0, merged);
    if (this.merge !== undefined || oldest.length < merged || !oldest.every(({ isStored }) => isStored))
      return;
    this.merge = new Merge(this.sql, oldest);
  }
}

/** A full generation as it is stored. */
interface StoredRun {
  readonly first: number;
  readonly ids: Buffer;
  readonly wallets: Buffer;
}

/** Transactions that follow each other. */
class Generation {
  /** whether it is stored: what is in memory need not be read from the transactions again */
  isStored = false;

  constructor(
    readonly first: number,
    max: number,
    readonly ids = new Postings(max),
    readonly wallets = new Postings(max * WALLETS),
  ) {}

  static ofRun({ first, ids, wallets }: StoredRun): Generation {
    const generation = new Generation(first, 0, Postings.ofBytes(ids), Postings.ofBytes(wallets));
    generation.isStored = true;
    return generation;
  }

  /** Transactions: each has one id. */
  get count(): number {
    return this.ids.count;
  }

  /** The sequence after the last one. */
  get end(): number {
    return this.first + this.count;
  }

  add({ sequence, id, sender, recipient }: IndexedTransaction): void {
    const offset = sequence - this.first;
    this.ids.add(prefixOf(id), offset);
    this.wallets.add(sender, offset);
    if (recipient !== sender) this.wallets.add(recipient, offset);
  }

  /** No more are added. */
  sort(): void {
    this.ids.sort();
    this.wallets.sort();
  }
}

/** Generations on their way to the tables. */
class Merge {
  /** the sequence after the last one */
  readonly end: number;
  private readonly ids: MergedPostings;
  private readonly wallets: MergedPostings;

  constructor(sql: Statements, generations: readonly Generation[]) {
    this.end = (generations.at(-1) as Generation).end;
    const merged = (name: 'ids' | 'wallets'): MergedPostings =>
      new MergedPostings(
        sql,
        TABLES[name],
        generations.map(({ first, [name]: postings }) => ({ first, postings })),
      );
    this.ids = merged('ids');
    this.wallets = merged('wallets');
  }

  get isDone(): boolean {
    return this.ids.isDone && this.wallets.isDone;
  }

  write(sql: Statements, transactions: number): void {
    this.ids.write(sql, transactions);
    this.wallets.write(sql, transactions * WALLETS);
  }

  keep(): void {
    this.ids.keep();
    this.wallets.keep();
  }

  drop(): void {
    this.ids.drop();
    this.wallets.drop();
  }
}

interface Part {
  readonly first: number;
  readonly postings: Postings;
}

/** The postings of several generations in one order, of which a table has some already. */
class MergedPostings {
  /** for each part, how many of it are in the table */
  private written: number[];
  /** the same, with the transaction under way */
  private staged: number[];

  constructor(
    sql: Statements,
    private readonly table: Table,
    private readonly parts: readonly Part[],
  ) {
    // They were written in order: as many as the table has now are its first ones.
    this.written = parts.map(({ first, postings }) =>
      firstIndex(postings.count, (at) => {
        return sql.get(table.has, [postings.keyAt(at), first + postings.offsetAt(at)]) === undefined;
      }),
    );
    this.staged = [...this.written];
  }

  get isDone(): boolean {
    return this.parts.every(({ postings }, part) => this.staged[part] === postings.count);
  }

  write(sql: Statements, count: number): void {
    const rows: number[] = [];
    for (let left = count; left > 0; left--) {
      const part = this.lowest();
      if (part === undefined) break;
      const { first, postings } = this.parts[part] as Part;
      const at = this.staged[part] as number;
      rows.push(postings.keyAt(at), first + postings.offsetAt(at));
      this.staged[part] = at + 1;
    }
    const whole = rows.length - (rows.length % VALUES_PER_INSERT);
    for (let at = 0; at < whole; at += VALUES_PER_INSERT) {
      sql.run(this.table.insertMany, rows.slice(at, at + VALUES_PER_INSERT));
    }
    for (let at = whole; at < rows.length; at += 2) sql.run(this.table.insert, rows.slice(at, at + 2));
  }

  keep(): void {
    this.written = [...this.staged];
  }

  drop(): void {
    this.staged = [...this.written];
  }

  /** The part whose next posting has the lowest key. */
  private lowest(): number | undefined {
    let lowest: number | undefined;
    let lowestKey = Infinity;
    for (let part = 0; part < this.parts.length; part++) {
      const { postings } = this.parts[part] as Part;
      const at = this.staged[part] as number;
      if (at === postings.count) continue;
      const key = postings.keyAt(at);
      if (key < lowestKey) [lowest, lowestKey] = [part, key];
    }
    return lowest;
  }
}

/** Places in a generation, at most: the low 16 bits beside a key's 48. */
const OFFSETS = 2 ** 16;
/** Where a 64-bit number has its low half. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 1] : [1, 0];

/**
 * Places in a generation by a key below 2^48: key and offset in 64 bits, without objects around them, for with an array
 * for each key, to grow and to sort stopped a node for 20 to 60 ms. While it grows, a map finds them; once it is sorted,
 * they are found by their order.
 */
export class Postings {
  count = 0;
  /** one offset, or several in order, by {@link shortOf} the key; undefined once they are sorted */
  private byKey: Map<number, number | number[]> | undefined = new Map();
  private pairs: BigUint64Array;
  private halves: Uint32Array;

  constructor(max: number) {
    this.pairs = new BigUint64Array(max);
    this.halves = new Uint32Array(this.pairs.buffer);
  }

  /** @throws what an assertion does, where these aren't the bytes of some postings */
  static ofBytes(bytes: Uint8Array): Postings {
    assert(bytes.length % PAIR_BYTES === 0, 'each posting has 8 bytes');
    const postings = new Postings(bytes.length / PAIR_BYTES);
    const own = Buffer.from(postings.pairs.buffer);
    own.set(bytes);
    if (endianness() === 'BE') own.swap64();
    postings.count = postings.pairs.length;
    postings.byKey = undefined;
    return postings;
  }

  /** Sorted, 8 bytes each, the lowest first. */
  toBytes(): Buffer {
    const bytes = Buffer.from(this.pairs.buffer, 0, this.count * PAIR_BYTES);
    return endianness() === 'BE' ? Buffer.from(bytes).swap64() : bytes;
  }

  add(key: number, offset: number): void {
    const at = 2 * this.count++;
    this.halves[at + LOW] = lowHalf(key, offset);
    this.halves[at + HIGH] = Math.floor(key / OFFSETS);
    const short = shortOf(key);
    const before = this.byKey?.get(short);
    if (before === undefined) this.byKey?.set(short, offset);
    else if (typeof before === 'number') this.byKey?.set(short, [before, offset]);
    else before.push(offset);
  }

  sort(): void {
    this.pairs = this.pairs.slice(0, this.count).sort();
    this.halves = new Uint32Array(this.pairs.buffer);
    this.byKey = undefined;
  }

  /** @param at a place in the order, once they are sorted */
  keyAt(at: number): number {
    const [high, low] = [this.halves[2 * at + HIGH] as number, this.halves[2 * at + LOW] as number];
    return high * OFFSETS + Math.floor(low / OFFSETS);
  }

  offsetAt(at: number): number {
    return (this.halves[2 * at + LOW] as number) % OFFSETS;
  }

  /**
   * Offsets below `bound` that the key has, highest first, at most `limit`. Until they are sorted, some of another key
   * may be among them: ids are compared as a whole, and a wallet's number is short.
   */
  newestBelow(key: number, bound: number, limit: number): number[] {
    const found: number[] = [];
    if (this.byKey === undefined) {
      let at = this.countBelow(key, bound) - 1;
      for (; at >= 0 && found.length < limit && this.keyAt(at) === key; at--) found.push(this.offsetAt(at));
      return found;
    }
    const offsets = this.byKey.get(shortOf(key)) ?? NONE;
    const all = typeof offsets === 'number' ? [offsets] : offsets;
    let at = firstIndex(all.length, (place) => (all[place] as number) >= bound) - 1;
    for (; at >= 0 && found.length < limit; at--) found.push(all[at] as number);
    return found;
  }

  /** How many come before the key's offset `bound` in the order. */
  private countBelow(key: number, bound: number): number {
    const high = Math.floor(key / OFFSETS);
    // May be 2^32: then it is above all of the key.
    const low = lowHalf(key, Math.max(0, Math.min(bound, OFFSETS)));
    return firstIndex(this.count, (at) => {
      const above = (this.halves[2 * at + HIGH] as number) - high;
      return above > 0 || (above === 0 && (this.halves[2 * at + LOW] as number) >= low);
    });
  }
}

/** Bytes of a posting. */
export const PAIR_BYTES = 8;
const NONE: readonly number[] = [];

/** What an id is looked up by: its first bytes, as a number. */
export function prefixOf(id: Buffer): number {
  return id.readUIntBE(0, PREFIX_BYTES);
}

/** The part of a prefix that V8 keeps in place: whoever is found by it is compared as a whole. */
function shortOf(prefix: number): number {
  return prefix % 2 ** 30;
}

function lowHalf(key: number, offset: number): number {
  return (key % OFFSETS) * OFFSETS + offset;
}

/** The first of so many places, in order, at which something holds that holds at all after it; else their number. */
function firstIndex(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
