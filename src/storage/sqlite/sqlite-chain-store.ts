/**
 * One chain on SQLite, by prepared statements on one synchronous connection. Raw SQL instead of Prisma's models because
 * everything here is on the hot path of an entry: see docs/architecture.md, "Why raw SQL".
 */
import type { SealedHeader } from '../../chain/block/block.js';
import type { BookChanges } from '../../chain/books/book.js';
import type { Hash, Signature } from '../../chain/bytes/bytes.js';
import type { Contract } from '../../chain/contract/contract.js';
import type { NoteSignature } from '../../chain/note/signed-note.js';
import type { Subtrees } from '../../chain/tree/subtrees.js';
import type { Frontier } from '../../chain/tree/tree.js';
import type { ParentState, VerifiedBlock } from '../../chain/block/verify-block.js';
import type {
  Chain,
  ChainStore,
  NewBlock,
  NewEntry,
  SignedHead,
  StoredEntry,
  Tail,
  WaitingBlock,
} from '../../ledger/chain-store.js';
import { assert, FatalError } from '../../ledger/errors.js';
import { rangeOf, type HashPrefix } from '../../ledger/hash-prefix.js';
import { endRow, type ChainRows, type EntryTable } from './entry-table.js';
import { bytes, entryOf, frontierBytes, frontierOf, headerOf, type BlockRow, type EntryRow } from './rows.js';
import { SqliteCosignatures } from './sqlite-cosignatures.js';
import { SqliteTree } from './sqlite-tree.js';
import type { SqliteCommits } from './sqlite-commits.js';
import type { Statements } from './statements.js';

const BLOCK_COLUMNS = '"index", hash, previous_hash, timestamp, tree_root, tree_size, signature';
const BLOCK_BY_INDEX = `SELECT ${BLOCK_COLUMNS} FROM block WHERE chain = ? AND "index" = ?`;
const BLOCK_BY_HASH = `SELECT ${BLOCK_COLUMNS} FROM block WHERE hash = ? AND chain = ?`;
/** The plus sign keeps SQLite on the index of the hashes. */
const BLOCKS_BY_HASH_RANGE = `
  SELECT ${BLOCK_COLUMNS} FROM block WHERE hash BETWEEN ? AND ? AND +chain = ? ORDER BY hash LIMIT ?`;
const BLOCKS = `SELECT ${BLOCK_COLUMNS} FROM block WHERE chain = ? AND "index" >= ? ORDER BY "index" LIMIT ?`;
const HEAD = `
  SELECT block."index", block.hash, block.previous_hash, block.timestamp, block.tree_root, block.tree_size,
         block.signature, block.frontier
  FROM chain JOIN block ON block.chain = chain.number AND block."index" = chain.head_index
  WHERE chain.number = ?`;

type SignedRow = BlockRow & { readonly checkpoint: Buffer };
const SIGNED = `SELECT ${BLOCK_COLUMNS}, checkpoint FROM block WHERE chain = ? AND checkpoint IS NOT NULL`;
const SIGNED_LAST = `${SIGNED} ORDER BY "index" DESC LIMIT 1`;
const SIGNED_AMONG = `${SIGNED} AND "index" >= ? AND "index" < ? ORDER BY "index" DESC LIMIT 1`;

export abstract class SqliteChainStore<C extends Contract> implements ChainStore<C> {
  protected readonly sql: Statements;
  protected readonly firstRow: number;
  protected readonly endRow: number;
  private readonly number: number;
  private readonly nodes: SqliteTree;
  private readonly cosigned: SqliteCosignatures;
  /** Read once: every answer needs it, and only {@link append} moves it. */
  private known: ParentState | undefined;
  /** As {@link known}, for the last block with a checkpoint. */
  private signed: SignedHead | 'none' | undefined;

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
    this.nodes = new SqliteTree(commits, rows, table);
    this.cosigned = new SqliteCosignatures(commits, rows.number);
  }

  get tree(): Subtrees {
    return this.nodes.subtrees;
  }

  /** Adds what a database of an older version lacks. */
  completeTree(): void {
    this.nodes.completeAll(this.tail().nextSequence);
  }

  abstract entryByNonce(sender: string, nonce: string): StoredEntry | undefined;
  abstract entryById(id: Hash): StoredEntry | undefined;
  abstract entriesByPrefix(prefix: HashPrefix, limit: number): readonly StoredEntry[];
  /** Within a transaction. */
  protected abstract insertEntries(entries: readonly NewEntry[]): void;
  /** Within a transaction: drops what the erasures among the entries with `from <= sequence < to` erase. */
  protected abstract eraseContent(from: number, to: number): void;
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
    const sealedBefore = this.head().header.treeSize;
    // If it fails, the next caller reads the stored state.
    this.known = undefined;
    this.signed = undefined;
    this.commits.commit(() => {
      for (const { header, frontier, entries, checkpoint } of blocks) {
        this.insert(entries);
        this.insertBlock(header, frontier, checkpoint);
      }
      if (changes !== undefined) this.changeBooks(changes);
      this.eraseContent(sealedBefore, last.header.treeSize);
      const moved = this.sql.run(
        'UPDATE chain SET head_index = ?, head_hash = ? WHERE number = ? AND head_hash = ?',
        [last.header.index, bytes(last.header.hash), this.number, bytes(expectedHead)],
      );
      if (moved === 1) return;
      throw new FatalError(
        `the head of ${this.chain.name} is no longer ${expectedHead}: another process moved it`,
      );
    });
    // Not part of the commit: where another program reads, the node tries again (ledger/keep-scrubbed.ts).
    this.commits.tryToScrub();
    const { header, frontier, lastEntryTimestamp, checkpoint } = last;
    // Not read back: the next block would wait for that.
    this.known = { header, frontier, lastEntryTimestamp };
    if (checkpoint !== undefined) this.signed = { header, checkpoint };
  }

  /** Within a transaction: the chain's first block, to which its row in `chain` points already. */
  begin(genesis: VerifiedBlock, checkpoint: Signature | undefined): void {
    this.insertBlock(genesis.header, genesis.frontier, checkpoint);
    if (genesis.book !== undefined) this.changeBooks(genesis.book.changes());
  }

  entries(from: number, to: number, limit: number): readonly StoredEntry[] {
    return this.read(this.table.inOrder, from, to, limit);
  }

  entriesBefore(before: number, limit: number): readonly StoredEntry[] {
    return this.read(this.table.newestFirst, 0, before, limit);
  }

  entriesOnWire(from: number, to: number): Buffer {
    // On a separate connection: reading a whole chain would evict from the cache what accepting and sealing need.
    const row = this.commits.reading.get<{ found: number; text: Buffer }>(this.table.onWire, [
      this.firstRow + from,
      this.firstRow + to,
    ]);
    assert(
      row?.found === to - from,
      `of the entries ${from} to ${to - 1} of ${this.chain.name} some are not stored, or damaged: bpsc verify says which`,
    );
    return row.text;
  }

  header(index: number): SealedHeader | undefined {
    return this.headerOf(this.sql.get<BlockRow>(BLOCK_BY_INDEX, [this.number, index]));
  }

  headerByHash(hash: Hash): SealedHeader | undefined {
    return this.headerOf(this.sql.get<BlockRow>(BLOCK_BY_HASH, [bytes(hash), this.number]));
  }

  headersByPrefix(prefix: HashPrefix, limit: number): readonly SealedHeader[] {
    return this.sql
      .all<BlockRow>(BLOCKS_BY_HASH_RANGE, [...rangeOf(prefix).map(bytes), this.number, limit])
      .map((row) => headerOf(row, this.chain.id));
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

  leafHashes(from: number, count: number): Uint8Array {
    return this.nodes.leafHashes(from, count);
  }

  signedHead(size?: number): SignedHead | undefined {
    if (size !== undefined) return this.signedAt(size);
    this.signed ??= this.signedOf(this.sql.get<SignedRow>(SIGNED_LAST, [this.number])) ?? 'none';
    return this.signed === 'none' ? undefined : this.signed;
  }

  keepCheckpoint(index: number, checkpoint: Signature): void {
    this.signed = undefined;
    this.commits.commit(() => {
      this.sql.run('UPDATE block SET checkpoint = ? WHERE chain = ? AND "index" = ?', [
        bytes(checkpoint),
        this.number,
        index,
      ]);
    });
  }

  headerOfSize(size: number): SealedHeader | undefined {
    const header = this.header(this.indexBeyond(size) - 1);
    return header?.treeSize === size ? header : undefined;
  }

  cosignatures(size: number): readonly NoteSignature[] {
    return this.cosigned.of(size);
  }

  cosignedSizes(): readonly number[] {
    return this.cosigned.sizes();
  }

  keepCosignatures(size: number, cosignatures: readonly NoteSignature[], forget: readonly number[]): void {
    this.cosigned.keep(size, cosignatures, forget);
  }

  /** Of the blocks with a tree of this size, which follow each other, the last whose checkpoint is there. */
  private signedAt(size: number): SignedHead | undefined {
    const [first, end] = [this.indexBeyond(size - 1), this.indexBeyond(size)];
    return this.signedOf(this.sql.get<SignedRow>(SIGNED_AMONG, [this.number, first, end]));
  }

  /** Binary search: the first block whose tree is larger than `size`. */
  private indexBeyond(size: number): number {
    let [low, high] = [1, this.head().header.index + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.header(middle)?.treeSize ?? 0) > size) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private signedOf(row: SignedRow | undefined): SignedHead | undefined {
    if (row === undefined) return undefined;
    return {
      header: headerOf(row, this.chain.id),
      checkpoint: row.checkpoint.toString('hex') as Signature,
    };
  }

  /** Within a transaction. */
  private insert(entries: readonly NewEntry[]): void {
    this.insertEntries(entries);
    const [first] = entries;
    if (first === undefined) return;
    this.nodes.complete(
      first.sequence,
      entries.map(({ entry }) => entry.id),
    );
  }

  protected entryOf(row: EntryRow | undefined): StoredEntry | undefined {
    return row === undefined || row.sequence >= this.seenEnd ? undefined : entryOf(row, this.firstRow);
  }

  /**
   * The row after the last one that is read. On a followed chain nothing waits: rows after its head are not its
   * entries, wherever they come from.
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

  /** The time of the entry at `sequence`; undefined if there is none. */
  private timestampAt(sequence: number): number | undefined {
    if (sequence < 0) return undefined;
    return this.sql.get<{ timestamp: number }>(this.table.timestamp, [this.firstRow + sequence])?.timestamp;
  }

  private insertBlock(header: SealedHeader, frontier: Frontier, checkpoint: Signature | undefined): void {
    this.sql.run(
      `INSERT INTO block (chain, "index", hash, previous_hash, timestamp, tree_root, tree_size, signature, frontier,
                          checkpoint)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
        checkpoint === undefined ? null : bytes(checkpoint),
      ],
    );
  }
}
