// The ceiling of what is stored: the rows of a producer's transactions, read from its database before the clock runs,
// inserted into a database of the same schema and PRAGMAs by one prepared statement; nothing else is done.
import path from 'node:path';
import Database from 'better-sqlite3';
import { openConnection } from '../dist/storage/database.js';
import { migrate } from '../dist/storage/migrate.js';

const migrations = path.join(import.meta.dirname, '../prisma/migrations');
const columns = ['sequence', 'id', 'block', 'sender', 'recipient', 'nonce', 'leaf'];

let db;
let insert;
let inTransaction;

function open(file) {
  db = openConnection(file);
  migrate(db, migrations);
  const places = columns.map(() => '?').join(', ');
  insert = db.prepare(`INSERT INTO "transaction" (${columns.join(', ')}) VALUES (${places})`);
  inTransaction = db.transaction((rows) => {
    for (const row of rows) insert.run(...row);
  });
}

/** @returns how long each commit took, in milliseconds */
function copy({ from, to, perCommit, source }) {
  const producer = new Database(source, { readonly: true });
  const rows = producer
    .prepare(`SELECT ${columns.join(', ')} FROM "transaction" WHERE sequence >= ? AND sequence < ?`)
    .raw()
    .all(from, to);
  producer.close();
  const commits = [];
  for (let at = 0; at < rows.length; at += perCommit) commits.push(rows.slice(at, at + perCommit));
  if (rows.length !== to - from)
    throw new Error(`the producer has ${rows.length} of the rows ${from} to ${to}`);
  return commits.map((commit) => {
    const start = performance.now();
    inTransaction(commit);
    return performance.now() - start;
  });
}

process.on('message', (message) => {
  if (db === undefined) open(message.file);
  process.send({ times: copy(message) });
});
process.once('disconnect', () => process.exit());
process.send({});
