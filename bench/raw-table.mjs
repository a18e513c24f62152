// The ceiling of whatever stores: prepared inserts of the same rows into the same tables with the same indexes and
// PRAGMAs, and nothing else.
import path from 'node:path';
import Database from 'better-sqlite3';
import { migrate } from '../dist/storage/migrate.js';

const migrations = path.join(import.meta.dirname, '../prisma/migrations');

/** An empty database of a node's, its transaction table to be filled by {@link insert}. */
export function openRawTable(file) {
  const db = new Database(file);
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'cache_size = -65536']) db.pragma(pragma);
  migrate(db, migrations);
  const insertRow = db.prepare(
    `INSERT INTO "transaction" (sequence, id, block, sender, recipient, nonce, leaf) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const wallets = new Map();
  const insertWallet = db.prepare('INSERT INTO wallet (address) VALUES (?)');
  const walletId = (address) => {
    if (!wallets.has(address)) wallets.set(address, Number(insertWallet.run(address).lastInsertRowid));
    return wallets.get(address);
  };
  return {
    /** One transaction, on disk when it returns. */
    insert: db.transaction((rows) => {
      for (const { sequence, id, block, sender, recipient, nonce, leaf } of rows) {
        insertRow.run(sequence, id, block, walletId(sender), walletId(recipient), nonce, leaf);
      }
    }),
    close: () => db.close(),
  };
}
