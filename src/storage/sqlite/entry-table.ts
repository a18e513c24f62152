/** The tables of entries, and the statements with which both kinds of chains read them. */
import { ENTRY_WIRE_OVERHEAD } from '../../ledger/chain-store.js';

/**
 * The rows reserved for a chain: a row is the chain's first row plus a sequence. No chain gets 2^40 entries, and 2^13 chains
 * stay below 2^53, the limit of exact integers in JavaScript.
 */
export const ROWS_PER_CHAIN = 2 ** 40;
export const CHAINS_STORED_MAX = 2 ** 13;

/** The location of a chain's rows. */
export interface ChainRows {
  /** in the table `chain`, from 1 */
  readonly number: number;
  /** the row of the entry with sequence 0 */
  readonly firstRow: number;
}

/** The row after the last one reserved for a chain. */
export function endRow({ firstRow }: ChainRows): number {
  return firstRow + ROWS_PER_CHAIN;
}

/** Statements on rows: the `?` are rows of the table, in the order given in the comments. */
export interface EntryTable {
  readonly columns: string;
  /** the last row in [from, to) */
  readonly last: string;
  /** the time of the entry in a row */
  readonly timestamp: string;
  /** entries and bytes by promised block, in [from, to) */
  readonly waiting: string;
  /** in [from, to), in order, limit */
  readonly inOrder: string;
  /** in [from, to), newest first, limit */
  readonly newestFirst: string;
  /** the wire forms in [from, to), and their number */
  readonly onWire: string;
  /** the ids in [from, to), in order */
  readonly ids: string;
}

/**
 * @param wireForm an SQL expression for `entryWireText` of chain/entry.ts: without a JavaScript row, object and string for
 *   each entry, a chain is read five times as fast. Bytes, since SQLite would scan a text for
 *   characters. NULL for a row that can't be sent.
 * @param contentBytes an SQL expression for the size of the content in addition to the leaf
 */
export function entryTable(
  name: string,
  columns: string,
  wireForm: string,
  contentBytes: string,
): EntryTable {
  const between = 'WHERE sequence >= ? AND sequence < ?';
  return {
    columns,
    last: `SELECT sequence FROM ${name} ${between} ORDER BY sequence DESC LIMIT 1`,
    timestamp: `SELECT json_extract(leaf, '$.timestamp') AS timestamp FROM ${name} WHERE sequence = ?`,
    waiting: `
      SELECT block AS "index", count(*) AS entries, min(sequence) AS first,
             sum(octet_length(leaf) + ${contentBytes} + ${ENTRY_WIRE_OVERHEAD}) AS bytes
      FROM ${name} ${between} GROUP BY block ORDER BY block`,
    inOrder: `SELECT ${columns} FROM ${name} ${between} ORDER BY sequence LIMIT ?`,
    newestFirst: `SELECT ${columns} FROM ${name} ${between} ORDER BY sequence DESC LIMIT ?`,
    ids: `SELECT id FROM ${name} ${between} ORDER BY sequence`,
    // SQLite preserves the inner ORDER BY for group_concat. An ORDER BY within it would sort again.
    onWire: `
      SELECT count(entry) AS found, CAST(group_concat(entry, ',') AS BLOB) AS text
      FROM (SELECT ${wireForm} AS entry FROM ${name} ${between} ORDER BY sequence)`,
  };
}
