// The ceiling of whatever goes through a chain: JSON.parse, two SHA-256 and one insert for each transaction, in one
// loop, with as many a commit as a follower has at most. Arguments: a node's database, a directory for the one that is
// written, and whether that one has indexes for look-ups. Reading the texts isn't counted.
import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { entryWireText } from '../dist/chain/entry/entry.js';
import { openRawTable, openRows } from './raw-table.mjs';

const entriesPerCommit = 10_000;

const [source, directory, lookUps] = process.argv.slice(2);
const from = openRows(source);
const leafAt = from.at('leaf');
const file = path.join(directory, 'bare-replay.db');
const table = openRawTable(file, { lookUps: lookUps === 'true' });
const someId = 'ab'.repeat(32);
let entries = 0;
let ms = 0;
let node = Buffer.alloc(32);
for (;;) {
  const rows = from.read(entries, entries + entriesPerCommit);
  if (rows.length === 0) break;
  const received = rows.map((row) => ({ row, text: entryWireText(row[leafAt], someId, 'token', undefined) }));
  const started = performance.now();
  table.insert(received, replay);
  ms += performance.now() - started;
  entries += rows.length;
}
from.close();
table.close();
for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
process.stdout.write(JSON.stringify({ entries, perSecond: (entries / ms) * 1000 }));

/** An id, and a node of the tree: what an entry has to be hashed for at least. */
function replay({ row, text }) {
  JSON.parse(text);
  const id = hash('sha256', `\0${row[leafAt]}`, 'buffer');
  node = hash('sha256', Buffer.concat([node, id]), 'buffer');
  return row;
}
