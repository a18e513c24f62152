/**
 * One chain on SQLite, by prepared statements on one synchronous connection. Raw SQL instead of Prisma's models because
 * everything here is on the hot path of an entry: see docs/architecture.md, "Why raw SQL".
 */
import type { SealedHeader } from '../../chain/block/block.js';
import type { BookChanges } from '../../chain/books/book.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Contract } from '../../chain/contract/contract.js';
import type { Frontier } from '../../chain/tree/tree.js';
import type { ParentState, VerifiedBlock } from '../../chain/block/verify-block.js';
import type {
  Chain,
  ChainStore,
  NewBlock,
  NewEntry,
  StoredEntry,
  Tail,
  WaitingBlock,
} from '../../ledger/chain-store.js';
import { assert, FatalError } from '../../ledger/errors.js';
import { endRow, type ChainRows, type EntryTable } from './entry-table.js';
import { bytes, entryOf, frontierBytes, frontierOf, headerOf, type BlockRow, type EntryRow } from './rows.js';
import type { SqliteCommits } from './sqlite-commits.js';
import type { Statements } from './statements.js';

const BLOCK_COLUMNS = '"index", hash, previous_hash, timestamp, tree_root, tree_size, signature';
const BLOCK_BY_INDEX = `SELECT ${BLOCK_COLUMNS} FROM block WHERE chain = ? AND "index" = ?`;
const BLOCK_BY_HASH = `SELECT ${BLOCK_COLUMNS} FROM block WHERE hash = ? AND chain = ?`;
const BLOCKS = `SELECT ${BLOCK_COLUMNS} FROM block WHERE chain = ? AND "index" >= ? ORDER BY "index" LIMIT ?`;
const HEAD = `
  SELECT block."index", block.hash, block.previous_hash, block.timestamp, block.tree_root, block.tree_size,
         block.signature, block.frontier
  FROM chain JOIN block ON block.chain = chain.number AND block."index" = chain.head_index
  WHERE chain.number = ?`;

export abstract class SqliteChainStore<C extends Contract> implements ChainStore<C> {
  protected readonly sql: Statements;
  protected readonly firstRow: number;
  protected readonly endRow: number;
  private readonly number: number;
  /** Read once: every answer asks for it, and only {@link append} moves it. */
  private known: ParentState | undefined;

  constructor(
    readonly chain: Chain<C>,
    protected readonly commits: SqliteCommits,
    rows: ChainRows,
    private readonly table: EntryTable,
  ) {
    this.sql = commits.sql;
    this.number = rows.number;
    this.firstRow = rows.firstRow;
    this.endRow = endRow(rows);
  }

  abstract entryByNonce(sender: string, nonce: string): StoredEntry | undefined;
  abstract entryById(id: Hash): StoredEntry | undefined;
  /** Within a transaction. */
  protected abstract insert(entries: readonly NewEntry[]): void;
  /** Within a transaction. */
  protected abstract changeBooks(changes: BookChanges): void;

  head(): ParentState {
    this.known ??= this.readHead();
    return this.known;
  }

  tail(): Tail {
    const row = this.sql.get<{ sequence: number }>(this.table.last, [this.firstRow, this.endRow]);
    if (row === undefined) return { nextSequence: 0, lastTimestamp: undefined };
    const last = row.sequence - this.firstRow;
    return { nextSequence: last + 1, lastTimestamp: this.timestampAt(last) };
  }

  waiting(): readonly WaitingBlock[] {
    const from = this.firstRow + this.head().header.treeSize;
    const rows = this.sql.all<{ index: number; entries: number; bytes: number; first: number }>(
      this.table.waiting,
      [from, this.endRow],
    );
    return rows.map(({ index, entries, bytes: size, first }) => ({
      index,
      first: first - this.firstRow,
      entries,
      bytes: size,
      since: this.timestampAt(first - this.firstRow) ?? 0,
    }));
  }

  accept(entries: readonly NewEntry[]): void {
    this.commits.commit(() => this.insert(entries));
  }

  /** {@link accept} within a transaction of the caller's. */
  stage(entries: readonly NewEntry[]): void {
    this.insert(entries);
  }

  append(expectedHead: Hash, blocks: readonly NewBlock[], changes: BookChanges | undefined): void {
    const last = blocks.at(-1);
    if (last === undefined) return;
    // Whether it succeeds or not, the next caller reads what is stored then.
    this.known = undefined;
    this.commits.commit(() => {
      for (const { header, frontier, entries } of blocks) {
        this.insert(entries);
        this.insertBlock(header, frontier);
      }
      if (changes !== undefined) this.changeBooks(changes);
      const moved = this.sql.run(
        'UPDATE chain SET head_index = ?, head_hash = ? WHERE number = ? AND head_hash = ?',
        [last.header.index, bytes(last.header.hash), this.number, bytes(expectedHead)],
      );
      if (moved === 1) return;
      throw new FatalError(
        `the head of ${this.chain.name} is no longer ${expectedHead}: another process moved it`,
      );
    });
  }

  /** Within a transaction: the chain's first block, to which its row in `chain` points already. */
  begin(genesis: VerifiedBlock): void {
    this.insertBlock(genesis.header, genesis.frontier);
    if (genesis.book !== undefined) this.changeBooks(genesis.book.changes());
  }

  entries(from: number, to: number, limit: number): readonly StoredEntry[] {
    return this.read(this.table.inOrder, from, to, limit);
  }

  entriesBefore(before: number, limit: number): readonly StoredEntry[] {
    return this.read(this.table.newestFirst, 0, before, limit);
  }

  entriesOnWire(from: number, to: number): Buffer {
    // On a connection of its own: a whole chain would push what accepting and sealing need out of the cache.
    const row = this.commits.reading.get<{ found: number; text: Buffer }>(this.table.onWire, [
      this.firstRow + from,
      this.firstRow + to,
    ]);
    assert(
      row?.found === to - from,
      `of the entries ${from} to ${to - 1} of ${this.chain.name} some are not stored`,
    );
    return row.text;
  }

  header(index: number): SealedHeader | undefined {
    return this.headerOf(this.sql.get<BlockRow>(BLOCK_BY_INDEX, [this.number, index]));
  }

  headerByHash(hash: Hash): SealedHeader | undefined {
    return this.headerOf(this.sql.get<BlockRow>(BLOCK_BY_HASH, [bytes(hash), this.number]));
  }

  headers(from: number, limit: number): readonly SealedHeader[] {
    return this.sql
      .all<BlockRow>(BLOCKS, [this.number, from, limit])
      .map((row) => headerOf(row, this.chain.id));
  }

  frontier(index: number): Frontier | undefined {
    const row = this.sql.get<{ frontier: Buffer; tree_size: number }>(
      'SELECT frontier, tree_size FROM block WHERE chain = ? AND "index" = ?',
      [this.number, index],
    );
    return row === undefined ? undefined : frontierOf(row.frontier, row.tree_size);
  }

  protected entryOf(row: EntryRow | undefined): StoredEntry | undefined {
    return row === undefined || row.sequence >= this.seenEnd ? undefined : entryOf(row, this.firstRow);
  }

  /**
   * The row after the last one that is read. On a followed chain nothing waits: rows after its head are none of its
   * entries, wherever they came from.
   */
  protected get seenEnd(): number {
    return this.chain.origin === 'followed' ? this.firstRow + this.head().header.treeSize : this.endRow;
  }

  private read(sql: string, from: number, to: number, limit: number): readonly StoredEntry[] {
    const end = Math.min(this.firstRow + to, this.seenEnd);
    return this.sql
      .all<EntryRow>(sql, [this.firstRow + from, end, limit])
      .map((row) => entryOf(row, this.firstRow));
  }

  private headerOf(row: BlockRow | undefined): SealedHeader | undefined {
    return row === undefined ? undefined : headerOf(row, this.chain.id);
  }

  private readHead(): ParentState {
    const row = this.sql.get<BlockRow & { frontier: Buffer }>(HEAD, [this.number]);
    assert(row !== undefined, `${this.chain.name} has no head`);
    return {
      header: headerOf(row, this.chain.id),
      frontier: frontierOf(row.frontier, row.tree_size),
      lastEntryTimestamp: this.timestampAt(row.tree_size - 1),
    };
  }

  /** The time of the entry at `sequence`; undefined when there is none. */
  private timestampAt(sequence: number): number | undefined {
    if (sequence < 0) return undefined;
    return this.sql.get<{ timestamp: number }>(this.table.timestamp, [this.firstRow + sequence])?.timestamp;
  }

  private insertBlock(header: SealedHeader, frontier: Frontier): void {
    this.sql.run(
      `INSERT INTO block (chain, "index", hash, previous_hash, timestamp, tree_root, tree_size, signature, frontier)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        this.number,
        header.index,
        bytes(header.hash),
        bytes(header.previousHash),
        header.timestamp,
        bytes(header.treeRoot),
        header.treeSize,
        bytes(header.signature),
        frontierBytes(frontier),
      ],
    );
  }
}

/** The driver binds only Buffers as BLOBs; no copy. */
export function buffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
