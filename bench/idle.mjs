// Figure 12: what a producer with a follower, and that follower, take of the machine while nothing happens, over what
// an empty Nest application takes.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFollower, startProducer, startProgram } from './processes.mjs';
import { processorSeconds, residentMB } from './resident.mjs';
import { figure } from './rounds.mjs';

/** Starting up is over by then. */
const settleSeconds = { full: 20, smoke: 1 };
const idleSeconds = { full: 60, smoke: 2 };

/** One round: a minute is long, and all three live through the same one. */
export async function run({ directory, form }) {
  const own = path.join(directory, 'idle');
  mkdirSync(own);
  const producer = await startProducer(own);
  const follower = await startFollower(own, producer.url);
  const empty = await startProgram(path.join(import.meta.dirname, 'empty-nest.mjs'), own);
  await sleep(settleSeconds[form] * 1000);
  const idle = await whileIdle({ producer, follower, empty }, idleSeconds[form]);
  for (const server of [follower, producer, empty]) await server.stop();
  return ['producer', 'follower'].flatMap((role) => [
    figure({
      name: `idle ${role}: processor over an empty app`,
      unit: '% of a core',
      aim: { oursMax: 1 },
      rounds: [{ ours: idle[role].percent - idle.empty.percent, own: idle[role], empty: idle.empty }],
    }),
    figure({
      name: `idle ${role}: memory over an empty app`,
      unit: 'MB',
      aim: { oursMax: 60 },
      rounds: [{ ours: idle[role].megabytes - idle.empty.megabytes, own: idle[role], empty: idle.empty }],
    }),
  ]);
}

/** @returns for each process, its share of a core in percent and, at the end, its resident memory */
async function whileIdle(servers, seconds) {
  const entries = Object.entries(servers);
  const before = entries.map(([, server]) => processorSeconds(server));
  const started = performance.now();
  await sleep(seconds * 1000);
  const elapsed = (performance.now() - started) / 1000;
  return Object.fromEntries(
    entries.map(([name, server], i) => [
      name,
      {
        percent: ((processorSeconds(server) - before[i]) / elapsed) * 100,
        megabytes: residentMB(server),
      },
    ]),
  );
}
