/**
 * Finds transactions by id and by wallet. An SQLite index would change a page for each of them, anywhere in the
 * file: in a long chain that takes ten times as long as the row itself. So the newest are found in memory, and many
 * generations are merged into the tables together, in the order of the keys, so that neighbours share a page. A full
 * generation is stored sorted, as it is in memory, so that a start can read it at once. A crash loses nothing: what is
 * stored in neither form is read from the transactions at the next start.
 */
import { assert, FatalError } from '../../../ledger/errors.js';
import { rangeOf, type HashPrefix } from '../../../ledger/hash-prefix.js';
import { endRow, type ChainRows } from '../entry-table.js';
import { lookUpTable, MergedPostings, OFFSETS, POSTING_BYTES, Postings } from './postings.js';
import type { Statements } from '../statements.js';

/** Transactions per generation: 5 to 7 MB of memory while it grows, 1.5 MB once sorted. */
export const GENERATION_TRANSACTIONS = 65_536;
/**
 * Generations that are merged together. In a chain of five million, a single one has three ids per page, and
 * eight have 24. While they are written, as many new ones arrive: at most sixteen are in memory, 24 MB.
 */
export const MERGED_GENERATIONS = 8;
/** The ratio of written to new postings: above 1, so that merging keeps up although the last step of a merge may be short. */
const WRITTEN_FOR_EACH = 9 / 8;
/** The bytes of an id that are its lookup key: they are nearly always unique, and a double holds them exactly. */
const PREFIX_BYTES = 6;
/** The maximum number of wallets of a transaction. */
const WALLETS = 2;
/** The rows read at a time. */
const ROWS_PER_READ = 5000;

const TABLES = {
  ids: lookUpTable('transaction_id', 'prefix'),
  wallets: lookUpTable('wallet_transaction', 'wallet'),
};

/** A transaction's row and its lookup keys. */
export interface IndexedTransaction {
  /** the row (in this file always): the chain's first row plus the sequence */
  readonly sequence: number;
  readonly id: Buffer;
  /** the numbers of its two wallets, which may be equal */
  readonly sender: number;
  readonly recipient: number;
}

/** For tests: another size and number of generations. */
export interface IndexSizes {
  readonly generation: number;
  readonly merged: number;
}

export class TransactionIndex {
  /** oldest first; all but the last are full, and the last one never is */
  private readonly generations: Generation[] = [];
  /** the current merge: the oldest generations together */
  private merge: Merge | undefined;
  /** whether the tables may already contain a part of the first merge */
  private isFresh = true;
  /** of the current transaction: new postings, and the full generations that it stored */
  private staged: IndexedTransaction[] = [];
  private readonly stagedFull = new Set<Generation>();

  private readonly endRow: number;

  constructor(
    private readonly sql: Statements,
    private readonly rows: ChainRows,
    private readonly sizes: IndexSizes = { generation: GENERATION_TRANSACTIONS, merged: MERGED_GENERATIONS },
  ) {
    assert(sizes.generation <= OFFSETS, 'a place in a generation has 16 bits');
    this.endRow = endRow(rows);
    const { indexed_row: indexed } =
      sql.get<{ indexed_row: number }>('SELECT indexed_row FROM chain WHERE number = ?', [rows.number]) ?? {};
    assert(Number.isSafeInteger(indexed), 'indexed_row of the chain is a row');
    let next = indexed as number;
    for (const run of this.storedRuns(next)) {
      // Damaged: it and all later ones are rebuilt from the transactions.
      if (run.first !== next || !isPostings(run.ids) || !isPostings(run.wallets)) break;
      const generation = Generation.ofRun(run);
      this.generations.push(generation);
      next = generation.end;
    }
    this.generations.push(new Generation(next, this.sizes.generation));
    this.readFrom(next);
  }

  /**
   * Call it within the SQL transaction that stores new transactions, in order: it writes the due rows of the tables. Then
   * {@link keep} or {@link drop} must be called with the outcome.
   */
  stage(added: readonly IndexedTransaction[]): void {
    for (const transaction of added) this.staged.push(transaction);
    this.storeFull();
    this.merge ??= this.newMerge();
    if (this.merge === undefined) return;
    this.merge.write(Math.ceil(added.length * WRITTEN_FOR_EACH));
    if (!this.merge.isDone) return;
    this.sql.run('UPDATE chain SET indexed_row = ? WHERE number = ?', [this.merge.end, this.rows.number]);
    this.sql.run('DELETE FROM transaction_run WHERE first >= ? AND first < ?', [
      this.rows.firstRow,
      this.merge.end,
    ]);
  }

  /** The SQL transaction is on disk: the new transactions can be found from now on. */
  keep(): void {
    for (const generation of this.stagedFull) generation.isStored = true;
    this.merge?.keep();
    if (this.merge?.isDone === true) {
      this.generations.splice(0, this.sizes.merged);
      this.merge = undefined;
    }
    for (const transaction of this.staged) this.add(transaction);
    this.unstage();
  }

  /** The transaction was rolled back. */
  drop(): void {
    this.merge?.drop();
    this.unstage();
  }

  /** The row of the transaction with this id. */
  rowOf(id: Buffer): number | undefined {
    return this.find<{ sequence: number }>(id, 'sequence')?.sequence;
  }

  /** The columns of the transaction with this id, in one read: most of a read's cost is its beginning. */
  find<Row>(id: Buffer, columns: string): Row | undefined {
    const prefix = prefixOf(id);
    for (let newest = this.generations.length - 1; newest >= 0; newest--) {
      const { first, ids } = this.generations[newest] as Generation;
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
       WHERE transaction_id.prefix = ? AND transaction_id.sequence >= ? AND transaction_id.sequence < ?
         AND "transaction".id = ?`,
      [prefix, this.rows.firstRow, this.endRow, id],
    );
  }

  /** The rows of the transactions whose lookup keys are from `low` to `high`: of each generation the lowest `limit`. */
  rowsBetween(low: number, high: number, limit: number): number[] {
    const found = this.generations.flatMap(({ first, ids }) =>
      ids.between(low, high, limit).map((offset) => first + offset),
    );
    // Some postings in memory may also be in the table.
    const rows = this.sql.all<{ sequence: number }>(
      `SELECT sequence FROM transaction_id
       WHERE prefix BETWEEN ? AND ? AND sequence >= ? AND sequence < ? ORDER BY prefix LIMIT ?`,
      [low, high, this.rows.firstRow, this.indexed, limit],
    );
    return [...found, ...rows.map(({ sequence }) => sequence)];
  }

  /** Rows below `before` of the transactions that concern a wallet, newest first, at most `limit`. */
  rowsOf(wallet: number, before: number, limit: number): number[] {
    const found: number[] = [];
    for (const { first, wallets } of this.generations.toReversed()) {
      const offsets = wallets.newestBelow(wallet, before - first, limit - found.length);
      for (const offset of offsets) found.push(first + offset);
    }
    if (found.length === limit) return found;
    // Some postings in memory may also be in the table.
    const rows = this.sql.all<{ sequence: number }>(
      'SELECT sequence FROM wallet_transaction WHERE wallet = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
      [wallet, Math.min(before, this.indexed), limit - found.length],
    );
    return [...found, ...rows.map(({ sequence }) => sequence)];
  }

  /** The first row that the tables may lack. */
  private get indexed(): number {
    return (this.generations[0] as Generation).first;
  }

  private unstage(): void {
    this.staged = [];
    this.stagedFull.clear();
  }

  private storedRuns(from: number): readonly StoredRun[] {
    return this.sql.all<StoredRun>(
      'SELECT first, ids, wallets FROM transaction_run WHERE first >= ? AND first < ? ORDER BY first',
      [from, this.endRow],
    );
  }

  private readFrom(first: number): void {
    for (let from = first; ; from += ROWS_PER_READ) {
      const rows = this.sql.all<IndexedTransaction>(
        `SELECT sequence, id, sender, recipient FROM "transaction"
         WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?`,
        [from, this.endRow, ROWS_PER_READ],
      );
      for (const row of rows) {
        assertIndexable(row);
        this.add(row);
      }
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

  /** Finishes the newest full generation in three steps, one per call: each takes some milliseconds. */
  private storeFull(): void {
    const full = this.generations.slice(0, -1).filter((each) => !each.isStored && !this.stagedFull.has(each));
    for (const generation of full) {
      if (generation === full.at(-1) && generation.sortNext()) return;
      generation.sort();
      this.sql.run('INSERT OR REPLACE INTO transaction_run (first, ids, wallets) VALUES (?, ?, ?)', [
        generation.first,
        generation.ids.toBytes(),
        generation.wallets.toBytes(),
      ]);
      this.stagedFull.add(generation);
    }
  }

  private newMerge(): Merge | undefined {
    const { merged } = this.sizes;
    const oldest = this.generations.slice(0, merged);
    if (oldest.length < merged || !oldest.every(({ isStored }) => isStored)) return undefined;
    const merge = new Merge(this.sql, oldest);
    if (this.isFresh) merge.findWritten();
    this.isFresh = false;
    return merge;
  }
}

/** Returns whatever is stored: other code detects a text in the place of bytes. */
function assertIndexable({ sequence, id, sender, recipient }: IndexedTransaction): void {
  const isRight =
    (id as unknown) instanceof Buffer && Number.isSafeInteger(sender) && Number.isSafeInteger(recipient);
  if (!isRight)
    throw new FatalError(`the transaction in the row ${sequence} is damaged: bpsc verify says how`);
}

function isPostings(bytes: unknown): boolean {
  return bytes instanceof Buffer && bytes.length > 0 && bytes.length % POSTING_BYTES === 0;
}

/** A stored generation, which is full. */
interface StoredRun {
  readonly first: number;
  readonly ids: Buffer;
  readonly wallets: Buffer;
}

/** Consecutive transactions. */
class Generation {
  /** whether it is stored: then it need not be rebuilt from the transactions */
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

  /** The number of transactions: each has one id. */
  get count(): number {
    return this.ids.count;
  }

  /** The sequence after the last one. */
  get end(): number {
    return this.first + this.count;
  }

  add({ sequence, id, sender, recipient }: IndexedTransaction): void {
    assert(sequence === this.end, `the transaction ${this.end} is stored before ${sequence}`);
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

  /** Half of {@link sort}. @returns whether there was anything to do */
  sortNext(): boolean {
    const next = this.ids.isSorted ? this.wallets : this.ids;
    if (next.isSorted) return false;
    next.sort();
    return true;
  }
}

/** Generations that are being merged into the tables. */
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

  findWritten(): void {
    this.ids.findWritten();
    this.wallets.findWritten();
  }

  write(transactions: number): void {
    this.ids.write(transactions);
    this.wallets.write(transactions * WALLETS);
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

/** The lookup key of an id: its first bytes, as a number. */
export function prefixOf(id: Buffer): number {
  return id.readUIntBE(0, PREFIX_BYTES);
}

/** The lowest and the highest lookup key of ids that begin with these digits. */
export function keysOf(prefix: HashPrefix): readonly [low: number, high: number] {
  const [low, high] = rangeOf(prefix, 2 * PREFIX_BYTES);
  return [Number.parseInt(low, 16), Number.parseInt(high, 16)];
}
