// Figure 11: bytes on disk for each transaction, with all that a node keeps beside it, against the size of its leaf.
import { statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { figure } from './rounds.mjs';

const entriesOf = { full: 1_000_000, smoke: 20_000 };

export async function run({ fixtures, form }) {
  const entries = entriesOf[form];
  const { file, leaf } = bytesPerTransaction(path.join(await fixtures.chain(entries), 'producer.db'));
  return figure({
    name: `disk with ${entries.toLocaleString('en')} transactions, all indexes, against their leaves`,
    unit: 'bytes per transaction',
    aim: { ratioMax: 2.5 },
    // A size is the same in each round.
    rounds: [{ ours: file, ceiling: leaf }],
  });
}

/** The whole file, as it is after the node has closed it: blocks, wallets and all, and no WAL beside it. */
export function bytesPerTransaction(database) {
  // An empty one is what an audit leaves, which may delete nothing.
  if ((statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new Error(`${database} wasn't closed: a part of it is still in its WAL`);
  }
  const db = new Database(database, { readonly: true });
  const { entries, leaves } = db
    .prepare(`SELECT count(*) AS entries, sum(octet_length(leaf)) AS leaves FROM "transaction"`)
    .get();
  db.close();
  return { file: statSync(database).size / entries, leaf: leaves / entries };
}
