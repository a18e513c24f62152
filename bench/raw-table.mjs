// The ceiling of whatever stores: prepared inserts of a node's rows into the same table with the same indexes and
// PRAGMAs, and nothing else.
import path from 'node:path';
import Database from 'better-sqlite3';
import { openConnection } from '../dist/storage/sqlite/database.js';
import { migrate } from '../dist/storage/sqlite/migrate.js';

const migrations = path.join(import.meta.dirname, '../prisma/migrations');

/** The transactions of a node's database, as rows of all columns; the node may be running on it. */
export function openRows(file) {
  const db = new Database(file, { readonly: true });
  const read = db
    .prepare('SELECT * FROM "transaction" WHERE sequence >= ? AND sequence < ? ORDER BY sequence')
    .raw();
  const columns = read.columns().map(({ name }) => name);
  return {
    read: (from, to) => read.all(from, to),
    /** The place of a column in a row. */
    at: (column) => columns.indexOf(column),
    close: () => db.close(),
  };
}

/** The keys by which a node finds transactions, in addition to sequence and nonce. */
const foundBy = ['id', 'sender', 'recipient'];

/**
 * A new database of a node's, for its transactions alone. A node finds them by tables that it fills later, which nobody
 * would call raw: here they have the indexes that SQLite keeps by itself for the same look-ups.
 * @param lookUps whether they have: without, there is the row and its one unique index, by nonce and sender
 */
export function openRawTable(file, { lookUps = true } = {}) {
  const db = openConnection(file);
  migrate(db, migrations);
  for (const column of lookUps ? foundBy : []) {
    db.exec(`CREATE INDEX "raw_${column}" ON "transaction" ("${column}")`);
  }
  const places = db.pragma('table_info("transaction")').map(() => '?');
  const insert = db.prepare(`INSERT INTO "transaction" VALUES (${places.join(', ')})`);
  return {
    /** One transaction of SQLite's, on disk when it returns. @param of what a row is made of, for `make` */
    insert: db.transaction((of, make) => {
      for (const item of of) insert.run(make === undefined ? item : make(item));
    }),
    close: () => db.close(),
  };
}
