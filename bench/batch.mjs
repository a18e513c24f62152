// Figure 3: durable POST /transactions/batch of 1,000, against raw prepared inserts of the same rows, 1,000 a commit.
// What arrives is sealed meanwhile, as it always is: that is in ours, and not in the ceiling.
import path from 'node:path';
import { someTransfers } from './bodies.mjs';
import { verifyNothingIsLost } from './kept.mjs';
import { PostLoad } from './load.mjs';
import { startProducer } from './processes.mjs';
import { startRawInserts } from './raw-inserts.mjs';
import { alternate, figure } from './rounds.mjs';

export const perBatch = 1_000;
const connections = 4;
const bodiesMax = 20;
/** The first batches compile, and fill caches. */
const warmUpBatches = { full: 100, smoke: 10 };

export async function run({ form, directory, fixtures, rounds, secondsPerRound, seed }) {
  // A number of batches rather than a time: the other side copies just as many.
  const batches = form === 'smoke' ? 8 : 20 * secondsPerRound;
  const own = await fixtures.copy(0);
  const producer = await startProducer(own);
  const raw = await startRawInserts(path.join(own, 'producer.db'), directory);
  const load = batchLoad(producer, seed);
  await load.send(Math.max(warmUpBatches[form], batches));
  await raw.copy((load.created - batches) * perBatch, perBatch);
  const measured = await alternate(
    rounds,
    {
      ours: async () => (await load.send(batches)).perSecond * perBatch,
      ceiling: async () => {
        const times = await raw.copy(batches * perBatch, perBatch);
        return (batches * perBatch * 1000) / times.reduce((sum, time) => sum + time, 0);
      },
    },
    { warmUp: false },
  );
  await verifyNothingIsLost(producer, load.created * perBatch);
  await producer.stop();
  await raw.stop();
  return figure({
    name: `durable POST /transactions/batch of ${perBatch}, ${connections} connections`,
    unit: 'transactions/s',
    aim: { ratioMin: 0.6 },
    rounds: measured,
  });
}

/** Batches, one a request. */
export function batchLoad(server, seed) {
  const transactions = someTransfers(seed, bodiesMax * perBatch);
  const bodies = Array.from({ length: bodiesMax }, (_, i) =>
    JSON.stringify({ transactions: transactions.slice(i * perBatch, (i + 1) * perBatch) }),
  );
  return new PostLoad(server, { path: '/transactions/batch', bodies, connections });
}
