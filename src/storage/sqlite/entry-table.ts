/** The tables of entries, and the statements that both kinds of chains read them by. */
import { ENTRY_WIRE_OVERHEAD } from '../../ledger/chain-store.js';

/**
 * Rows of a chain: its first row plus a sequence. 2^40 entries are more than any chain gets, and 2^13 chains stay below
 * 2^53, up to which JavaScript counts exactly.
 */
export const ROWS_PER_CHAIN = 2 ** 40;
export const CHAINS_STORED_MAX = 2 ** 13;

/** Where a chain's rows are. */
export interface ChainRows {
  /** in the table `chain`, from 1 */
  readonly number: number;
  /** the row of the entry with sequence 0 */
  readonly firstRow: number;
}

/** The row after the last one that can be a chain's. */
export function endRow({ firstRow }: ChainRows): number {
  return firstRow + ROWS_PER_CHAIN;
}

/** Statements on rows: `?` are rows of the table, in the order that the names say. */
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
  /** the wire forms in [from, to), and how many they are */
  readonly onWire: string;
  /** the ids in [from, to), in order */
  readonly ids: string;
}

/**
 * @param wireForm what `entryWireText` of chain/entry.ts makes of an entry, made by SQLite: without a row, an object and
 *   a string of JavaScript's for each, a chain is read five times as fast. As bytes, for SQLite would look for a text's
 *   characters. NULL for a row that can't be sent.
 * @param contentBytes of what goes beside the leaf
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
    // SQLite keeps the inner ORDER BY: what group_concat gives depends on it. One of its own would sort once more.
    onWire: `
      SELECT count(entry) AS found, CAST(group_concat(entry, ',') AS BLOB) AS text
      FROM (SELECT ${wireForm} AS entry FROM ${name} ${between} ORDER BY sequence)`,
  };
}
