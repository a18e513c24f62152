// The ceiling of whatever goes through a chain: JSON.parse, two SHA-256 and one insert for each transaction, in one
// loop, in transactions of a thousand, into a table as the node has it, with its indexes and PRAGMAs. Arguments: a
// node's database, and a directory for the one that is written. Reading the texts isn't counted.
import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { entryWireText } from '../dist/chain/entry.js';

const entriesPerCommit = 1000;

const [source, directory] = process.argv.slice(2);
const from = new Database(source, { readonly: true });
const file = path.join(directory, 'bare-replay.db');
const to = new Database(file);
for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'cache_size = -65536']) to.pragma(pragma);
const schema = from
  .prepare(`SELECT sql FROM sqlite_master WHERE tbl_name = 'transaction' ORDER BY type DESC`)
  .pluck()
  .all();
for (const sql of schema) to.exec(sql);

const columns = from.pragma('table_info("transaction")').map(({ name }) => name);
const read = from.prepare(`SELECT * FROM "transaction" WHERE sequence >= ? ORDER BY sequence LIMIT ?`);
const insert = to.prepare(
  `INSERT INTO "transaction" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
);
const readIds = from.prepare(`SELECT address, id FROM wallet`).raw();
const wallets = new Map(readIds.all());

let entries = 0;
let ms = 0;
let node = Buffer.alloc(32);
for (;;) {
  const rows = read.all(entries, entriesPerCommit);
  if (rows.length === 0) break;
  const texts = rows.map(({ id, leaf }) => entryWireText(leaf, id.toString('hex'), 'token', undefined));
  const started = performance.now();
  to.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < rows.length; i++) replay(texts[i], rows[i]);
  to.exec('COMMIT');
  ms += performance.now() - started;
}
for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
process.stdout.write(JSON.stringify({ entries, perSecond: (entries / ms) * 1000 }));

/** An id, and a node of the tree: what an entry has to be hashed for at least. */
function replay(text, { block, leaf }) {
  const { sender, recipient, nonce } = JSON.parse(text);
  const id = hash('sha256', `\0${leaf}`, 'buffer');
  node = hash('sha256', Buffer.concat([node, id]), 'buffer');
  insert.run(entries++, id, block, wallets.get(sender), wallets.get(recipient), nonce, leaf);
}
