/**
 * Finds transactions by id and by wallet. An index of SQLite's would change a page for each of them, anywhere in the
 * file: in a long chain that costs ten times what the row itself does. So the newest are found in memory, and go to
 * their tables many generations together, in the order of the keys: neighbours share a page then. A full generation is
 * stored as it is in memory, sorted, so that a start reads it back at once. Nothing depends on any of it that a crash
 * could take away: what is stored neither here nor there is read from the transactions at the next start.
 */
import { assert, FatalError } from '../../../ledger/errors.js';
import { endRow, type ChainRows } from '../entry-table.js';
import { lookUpTable, MergedPostings, OFFSETS, POSTING_BYTES, Postings } from './postings.js';
import type { Statements } from '../statements.js';

/** Transactions that are sorted together: 5 to 7 MB of memory while they come, 1.5 MB once they are sorted. */
export const GENERATION_TRANSACTIONS = 65_536;
/**
 * Generations that go to the tables together. In a chain of five million, where a single one has three ids to a page,
 * eight have 24. While they are written as many come: sixteen are in memory at most, 24 MB.
 */
export const MERGED_GENERATIONS = 8;
/** More are written than come, in this ratio: what a commit has left over when a merge ends is made up for. */
const WRITTEN_FOR_EACH = 9 / 8;
/** Bytes of an id that it is looked up by: two transactions hardly ever share them, and a double holds them exactly. */
const PREFIX_BYTES = 6;
/** Wallets of a transaction, at most. */
const WALLETS = 2;
/** Rows read at a time. */
const ROWS_PER_READ = 5000;

const TABLES = {
  ids: lookUpTable('transaction_id', 'prefix'),
  wallets: lookUpTable('wallet_transaction', 'wallet'),
};

/** A transaction's row and what it is found by. */
export interface IndexedTransaction {
  /** the row, here and in all that follows: the chain's first row plus the sequence */
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
  /** whether the tables may have a part of the first merge already */
  private isFresh = true;
  /** of the transaction under way: its new ones, and the full generations that it stored */
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
      // Damaged: it and what follows is made again from the transactions.
      if (run.first !== next || !isPostings(run.ids) || !isPostings(run.wallets)) break;
      const generation = Generation.ofRun(run);
      this.generations.push(generation);
      next = generation.end;
    }
    this.generations.push(new Generation(next, this.sizes.generation));
    this.readFrom(next);
  }

  /**
   * Within the transaction that stores new ones, in order: writes what is due to the tables. {@link keep} or
   * {@link drop} says whether it is committed.
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

  /** The transaction is on disk: the new ones are found from now on. */
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

  /** The columns of the transaction with this id, in one read: what a second one begins with costs more than itself. */
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

  /** Rows below `before` of the transactions that concern a wallet, newest first, at most `limit`. */
  rowsOf(wallet: number, before: number, limit: number): number[] {
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

  /** The first row that may be missing in the tables. */
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

  /** The newest full generation in three steps, one at a time: each takes some milliseconds. */
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

/** Whatever is stored: a text where bytes should be would be found by something else. */
function assertIndexable({ sequence, id, sender, recipient }: IndexedTransaction): void {
  const isRight =
    (id as unknown) instanceof Buffer && Number.isSafeInteger(sender) && Number.isSafeInteger(recipient);
  if (!isRight)
    throw new FatalError(`the transaction in the row ${sequence} is damaged: bpsc verify says how`);
}

function isPostings(bytes: unknown): boolean {
  return bytes instanceof Buffer && bytes.length > 0 && bytes.length % POSTING_BYTES === 0;
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

  /** Half of {@link sort}. @returns whether there was anything to be done */
  sortNext(): boolean {
    const next = this.ids.isSorted ? this.wallets : this.ids;
    if (next.isSorted) return false;
    next.sort();
    return true;
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

/** The key of an id's look-up: its first bytes, as a number. */
export function prefixOf(id: Buffer): number {
  return id.readUIntBE(0, PREFIX_BYTES);
}
