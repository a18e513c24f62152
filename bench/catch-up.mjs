// Figure 5: a follower that catches up over HTTP, every rule verified, against one loop that parses the same entries,
// hashes each twice and inserts it.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertAuditsClean } from './kept.mjs';
import { startFollower, startProducer } from './processes.mjs';
import { alternate, figure } from './rounds.mjs';
import { replayedPerSecond } from './verify.mjs';

const lookEveryMs = 50;

export async function run({ directory, fixtures, form, rounds }) {
  const entries = form === 'smoke' ? 10_000 : 1_000_000;
  const chain = await fixtures.copy(entries);
  const database = path.join(chain, 'producer.db');
  const own = path.join(directory, 'catch-up');
  mkdirSync(own);
  const producer = await startProducer(chain);
  const measured = await alternate(
    rounds,
    {
      ours: () => catchUp(freshIn(own, 'follower'), producer, { verify: true }),
      ceiling: () => replayedPerSecond(database, own),
      row: () => replayedPerSecond(database, own, { lookUps: false }),
    },
    // Each round starts new processes: there is nothing that a first one could warm up.
    { warmUp: false },
  );
  await producer.stop();
  const name = `follower catching up with ${entries.toLocaleString('en')} transactions`;
  const unit = 'transactions/s';
  return [
    figure({ name, unit, aim: { ratioMin: 0.5 }, rounds: measured }),
    figure({
      name: `${name}, against the row and one index`,
      unit,
      rounds: measured.map(({ ours, row }) => ({ ours, ceiling: row })),
    }),
  ];
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
  // By index: the last block may be an empty one.
  while (head.index < goal.index) {
    await sleep(lookEveryMs);
    head = await headOf(follower);
  }
  const seconds = (performance.now() - start) / 1000;
  await follower.stop();
  if (head.hash !== goal.hash) throw new Error(`the follower ends at ${head.hash}, not at ${goal.hash}`);
  if (verify) assertAuditsClean(path.join(directory, 'follower.db'));
  return (goal.tree_size - from) / seconds;
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
