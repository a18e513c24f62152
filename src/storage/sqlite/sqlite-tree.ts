/** The tree of one chain: leaf hashes are its entries' ids, and a few roots are stored for each complete span of 256. */
import { SPAN_LEAVES, spanRecord, Subtrees, type SubtreeSource } from '../../chain/tree/subtrees.js';
import { HASH_BYTES } from '../../chain/tree/tree.js';
import { assert } from '../../ledger/errors.js';
import type { ChainRows, EntryTable } from './entry-table.js';
import type { SqliteCommits } from './sqlite-commits.js';
import { buffer } from './rows.js';

/** Missing spans added by one commit: some ten milliseconds of work. */
const SPANS_PER_COMMIT = 64;
/** The root of the whole span is the last 32 bytes of a record, from 1. */
const SPAN_ROOTS = `
  SELECT substr(roots, -${HASH_BYTES}) AS root FROM subtree
  WHERE chain = ? AND "index" >= ? ORDER BY "index" LIMIT ?`;

export class SqliteTree implements SubtreeSource {
  readonly subtrees = new Subtrees(this);

  constructor(
    private readonly commits: SqliteCommits,
    private readonly rows: ChainRows,
    private readonly table: EntryTable,
  ) {}

  leafHashes(from: number, count: number): Uint8Array {
    const first = this.rows.firstRow + from;
    const ids = this.commits.sql.all<{ id: Buffer }>(this.table.ids, [first, first + count]);
    assert(ids.length === count, `of the entries ${from} to ${from + count - 1} some are not stored`);
    return Buffer.concat(ids.map(({ id }) => id));
  }

  spanRecord(index: number): Uint8Array | undefined {
    return this.commits.sql.get<{ roots: Buffer }>(
      'SELECT roots FROM subtree WHERE chain = ? AND "index" = ?',
      [this.rows.number, index],
    )?.roots;
  }

  spanRoots(from: number, count: number): Uint8Array {
    const rows = this.commits.sql.all<{ root: Buffer }>(SPAN_ROOTS, [this.rows.number, from, count]);
    assert(rows.length === count, `of the subtrees ${from} to ${from + count - 1} some are not stored`);
    return Buffer.concat(rows.map(({ root }) => root));
  }

  /**
   * Call it within the transaction that stores entries from a sequence on: adds the spans that they complete.
   * @param ids the entries' leaf hashes, which need not be read back
   */
  complete(from: number, ids: readonly Uint8Array[]): void {
    const end = from + ids.length;
    for (let span = Math.floor(from / SPAN_LEAVES); (span + 1) * SPAN_LEAVES <= end; span++) {
      const start = span * SPAN_LEAVES;
      const before = start < from ? [this.leafHashes(start, from - start)] : [];
      const own = ids.slice(Math.max(0, start - from), start + SPAN_LEAVES - from);
      this.store(span, Buffer.concat([...before, ...own]));
    }
  }

  /**
   * Adds the spans that a database of an older version lacks. A crash leaves those that were committed.
   * @param entries that are stored
   */
  completeAll(entries: number): void {
    const spans = Math.floor(entries / SPAN_LEAVES);
    const { commits, rows } = this;
    const found = commits.sql.get<{ spans: number }>(
      'SELECT ifnull(max("index") + 1, 0) AS spans FROM subtree WHERE chain = ?',
      [rows.number],
    );
    for (let from = found?.spans ?? 0; from < spans; from += SPANS_PER_COMMIT) {
      const end = Math.min(spans, from + SPANS_PER_COMMIT);
      commits.commit(() => {
        for (let span = from; span < end; span++) {
          this.store(span, this.leafHashes(span * SPAN_LEAVES, SPAN_LEAVES));
        }
      });
    }
  }

  private store(span: number, leafHashes: Uint8Array): void {
    const record = spanRecord(leafHashes);
    this.commits.sql.run('INSERT INTO subtree (chain, "index", roots) VALUES (?, ?, ?)', [
      this.rows.number,
      span,
      buffer(record),
    ]);
  }
}
