// Figure 3: durable POST /transactions/batch of 1,000, against raw prepared inserts of the same rows, 1,000 a commit.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { someTransfers } from './bodies.mjs';
import { getJson, verifyNothingIsLost } from './kept.mjs';
import { PostLoad } from './load.mjs';
import { startProducer } from './processes.mjs';
import { startRawInserts } from './raw-inserts.mjs';
import { alternate, figure } from './rounds.mjs';

export const perBatch = 1_000;
const connections = 4;
const bodiesMax = 20;
/** In a round: no more than may wait for a block. */
const batches = { full: 60, smoke: 8 };
/** They compile, and fill caches. */
const warmUpRounds = { full: 3, smoke: 1 };

export async function run({ form, directory, fixtures, rounds, seed }) {
  const own = await fixtures.copy(0);
  const producer = await startProducer(own);
  const database = path.join(own, 'producer.db');
  const raw = await startRawInserts(database, directory);
  const row = await startRawInserts(database, directory, { lookUps: false });
  const load = batchLoad(producer, seed);
  const count = batches[form] * perBatch;
  for (let round = 0; round < warmUpRounds[form]; round++) await sendBatches(load, batches[form]);
  // Each round's rows go into the other database in the next one, so that either may go first.
  for (const other of [raw, row]) await other.copy(load.created * perBatch - count, perBatch);
  const measured = await alternate(
    rounds,
    {
      ours: () => sendBatches(load, batches[form]),
      ceiling: () => copiesPerSecond(raw, count),
      row: () => copiesPerSecond(row, count),
    },
    { warmUp: false },
  );
  await verifyNothingIsLost(producer, load.created * perBatch);
  await producer.stop();
  for (const other of [raw, row]) await other.stop();
  const name = `durable POST /transactions/batch of ${perBatch}, ${connections} connections`;
  const unit = 'transactions/s';
  const accepted = (ceiling) =>
    measured.map((round) => ({ ours: round.ours.accepted, ceiling: round[ceiling] }));
  return [
    figure({ name, unit, aim: { ratioMin: 0.6 }, rounds: accepted('ceiling') }),
    figure({ name: `${name}, against the row and one index`, unit, rounds: accepted('row') }),
    figure({
      name: `${name}, until all are sealed`,
      unit,
      rounds: measured.map((round) => ({ ours: round.ours.sealed })),
    }),
  ];
}

async function copiesPerSecond(raw, count) {
  const times = await raw.copy(count, perBatch);
  return (count * 1000) / times.reduce((sum, time) => sum + time, 0);
}

/** Batches, one a request. */
export function batchLoad(server, seed) {
  const transactions = someTransfers(seed, bodiesMax * perBatch);
  const bodies = Array.from({ length: bodiesMax }, (_, i) =>
    JSON.stringify({ transactions: transactions.slice(i * perBatch, (i + 1) * perBatch) }),
  );
  return new PostLoad(server, { path: '/transactions/batch', bodies, connections });
}

/**
 * Sends that many batches. The producer seals meanwhile, and is given the time to seal the rest: what is sealed later
 * isn't in the next round.
 * @returns transactions a second until all were answered, and until all were sealed too
 */
export async function sendBatches(load, count) {
  const headOf = () => getJson(`${load.server.url}/chains/aka/head`);
  const before = (await headOf()).tree_size;
  const started = performance.now();
  const { perSecond } = await load.send(count);
  while ((await headOf()).tree_size < before + count * perBatch) await sleep(20);
  const seconds = (performance.now() - started) / 1000;
  return { accepted: perSecond * perBatch, sealed: (count * perBatch) / seconds };
}
