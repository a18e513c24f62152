// Figure 9: what a long chain costs: figures 1, 3, 5 and 7 on one of five million transactions, against themselves on one
// of a thousand. A chain grows while it is measured, so the short one is a new one each round; both nodes are restarted.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { batchLoad, perBatch } from './batch.mjs';
import { catchUp } from './catch-up.mjs';
import { postLoad } from './durable-post.mjs';
import { sealAll } from './kept.mjs';
import { startProducer } from './processes.mjs';
import { connections, readsPerSecond, whatToRead } from './reads.mjs';
import { alternate, figure } from './rounds.mjs';

const sizes = {
  full: { short: 1000, long: 5_000_000, batches: 50, warmUp: 10_000 },
  smoke: { short: 1000, long: 20_000, batches: 4, warmUp: 500 },
};

export async function run({ form, directory, fixtures, rounds, secondsPerRound, seed }) {
  const { short, long } = sizes[form];
  const settings = { ...sizes[form], form, secondsPerRound, seed };
  const pair = async (entries, name) => {
    const follower = path.join(directory, name);
    mkdirSync(follower);
    return { producer: await fixtures.copy(entries), follower, entries };
  };
  const longPair = await pair(long, 'growth-long');
  const shortPairs = [];
  for (let round = 1; round <= rounds; round++) shortPairs.push(await pair(short, `growth-short-${round}`));
  await Promise.all([longPair, ...shortPairs].map(level));
  const measured = await alternate(
    rounds,
    {
      long: () => measure(longPair, settings),
      short: () => measure(shortPairs.shift(), settings),
    },
    // Each starts new processes, and warms them up itself.
    { warmUp: false },
  );
  const of = [long, short].map((entries) => entries.toLocaleString('en')).join(' against ');
  return Object.keys(measured[0].long).map((what) =>
    figure({
      name: `growth, ${of}: ${what}`,
      unit: 'per second',
      aim: { ratioMin: 0.9 },
      rounds: measured.map((one) => ({ ours: one.long[what], ceiling: one.short[what] })),
    }),
  );
}

/** Lets the follower have all that the producer has. */
async function level(pair) {
  const producer = await startProducer(pair.producer);
  await catchUp(pair.follower, producer, { verify: false });
  await producer.stop();
}

/** Figures 1, 3, 7 and 5, in this order: what the follower catches up with is what came in before. */
async function measure(pair, { form, batches, warmUp, secondsPerRound, seed }) {
  const producer = await startProducer(pair.producer);
  const posts = postLoad(producer, seed);
  await posts.send(warmUp);
  const post = await posts.round(secondsPerRound);
  const inBatches = batchLoad(producer, seed);
  await inBatches.send(Math.max(4, batches / 5));
  const batch = await inBatches.send(batches);
  pair.entries += posts.created + inBatches.created * perBatch;
  await sealAll(producer, pair.entries);
  const result = {
    'durable POSTs': post.perSecond,
    'transactions in batches': batch.perSecond * perBatch,
    'transactions that a follower catches up with': await catchUp(pair.follower, producer, {
      verify: false,
    }),
  };
  for (const [name, { paths }] of Object.entries(
    await whatToRead(producer, { form, seed, blocksOnPage: 10 }),
  )) {
    // Each run says how many fill the next one's time; what compiles while the first ones run isn't counted.
    let perSecond = await readsPerSecond(producer, paths, { amount: connections });
    for (const share of [0.1, 0.2, 0.5]) {
      const amount = Math.max(connections, Math.round(perSecond * secondsPerRound * share));
      perSecond = await readsPerSecond(producer, paths, { amount });
    }
    result[`reads of ${name}`] = perSecond;
  }
  await producer.stop();
  return result;
}
