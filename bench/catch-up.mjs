// Figure 5: a follower that catches up over HTTP, every rule verified, against one loop that parses the same entries,
// hashes each twice and inserts it.
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { startFollower, startProducer } from './processes.mjs';
import { openRawTable } from './raw-table.mjs';
import { alternate, figure } from './rounds.mjs';

const root = path.join(import.meta.dirname, '..');
const lookEveryMs = 50;
const entriesPerCommit = 1000;

export async function run({ directory, fixtures, form, rounds }) {
  const entries = form === 'smoke' ? 10_000 : 1_000_000;
  const chain = await fixtures.copy(entries);
  const own = path.join(directory, 'catch-up');
  mkdirSync(own);
  const producer = await startProducer(chain);
  const measured = await alternate(
    rounds,
    {
      ours: () => catchUp(freshIn(own, 'follower'), producer, { verify: true }),
      ceiling: () => bareLoop(freshIn(own, 'loop'), path.join(chain, 'producer.db')),
    },
    // Each round starts new processes: there is nothing that a first one could warm up.
    { warmUp: false },
  );
  await producer.stop();
  return figure({
    name: `follower catching up with ${entries.toLocaleString('en')} transactions`,
    unit: 'transactions/s',
    aim: { ratioMin: 0.5 },
    rounds: measured,
  });
}

/**
 * Starts a follower, and stops it when it is level.
 * @param directory empty, or with the database of a follower that is behind
 * @param verify whether to audit what it has then
 * @returns transactions a second, from when it is ready (its first contact made) until it is level
 */
export async function catchUp(directory, producer, { verify }) {
  const goal = await headOf(producer);
  const follower = await startFollower(directory, producer.url);
  const from = (await headOf(follower)).tree_size;
  const start = performance.now();
  let head = await headOf(follower);
  while (head.tree_size < goal.tree_size) {
    await sleep(lookEveryMs);
    head = await headOf(follower);
  }
  const seconds = (performance.now() - start) / 1000;
  await follower.stop();
  if (head.hash !== goal.hash) throw new Error(`the follower ends at ${head.hash}, not at ${goal.hash}`);
  if (verify) {
    const command = [path.join(root, 'dist/cli/main.js'), 'verify', path.join(directory, 'follower.db')];
    execFileSync(process.execPath, command, { stdio: 'pipe' });
  }
  return (goal.tree_size - from) / seconds;
}

/** The ceiling: JSON.parse, two hashes and one insert an entry. @returns transactions a second */
function bareLoop(directory, file) {
  const source = new Database(file, { readonly: true });
  const read = source.prepare(
    'SELECT leaf, hex(id) AS id FROM "transaction" WHERE sequence >= ? ORDER BY sequence LIMIT ?',
  );
  const table = openRawTable(path.join(directory, 'raw.db'));
  const node = Buffer.alloc(65, 1);
  let ms = 0;
  let sequence = 0;
  for (;;) {
    // Where they come from isn't counted.
    const texts = read
      .all(sequence, entriesPerCommit)
      .map(({ leaf, id }) => `${leaf.slice(0, -1)},"id":"${id.toLowerCase()}"}`);
    if (texts.length === 0) break;
    const start = performance.now();
    const rows = texts.map((text) => {
      const { sender, recipient, nonce } = JSON.parse(text);
      const leaf = `${text.slice(0, text.lastIndexOf(',"id":'))}}`;
      const id = hash('sha256', `\0${leaf}`, 'buffer');
      hash('sha256', node, 'buffer');
      return { sequence: sequence++, id, block: 2, sender, recipient, nonce, leaf };
    });
    table.insert(rows);
    ms += performance.now() - start;
  }
  table.close();
  source.close();
  return (sequence / ms) * 1000;
}

function freshIn(directory, name) {
  const fresh = path.join(directory, name);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  return fresh;
}

async function headOf({ url }) {
  return (await fetch(`${url}/chains/aka/head`)).json();
}
