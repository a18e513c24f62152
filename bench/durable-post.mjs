// Figure 1: durable POST /transactions/new, against a bare Fastify route with the same body schema that stores nothing.
import path from 'node:path';
import { verifyNothingIsLost } from './kept.mjs';
import { PostLoad } from './load.mjs';
import { startProgram, startProducer } from './processes.mjs';
import { someTransfers } from './bodies.mjs';
import { alternate, figure } from './rounds.mjs';

const bodiesMax = 500;
/** Enough for both servers' code to be compiled. */
const warmUpRequests = { full: 10_000, smoke: 1_000 };
const connections = 64;

export async function run({ form, directory, fixtures, rounds, secondsPerRound, seed }) {
  const producer = await startProducer(await fixtures.copy(0));
  const bare = await startProgram(path.join(import.meta.dirname, 'bare-fastify.mjs'), directory);
  const [ours, ceiling] = [postLoad(producer, seed), postLoad(bare, seed)];
  for (const load of [ours, ceiling]) await load.send(warmUpRequests[form]);
  const measured = await alternate(
    rounds,
    { ours: () => ours.round(secondsPerRound), ceiling: () => ceiling.round(secondsPerRound) },
    { warmUp: false },
  );
  await verifyNothingIsLost(producer, ours.created);
  await producer.stop();
  await bare.stop();
  return figure({
    name: `durable POST /transactions/new, ${connections} connections`,
    unit: 'requests/s',
    aim: { ratioMin: 0.5 },
    rounds: measured.map((round) => ({
      ours: round.ours.perSecond,
      ceiling: round.ceiling.perSecond,
      latency: round.ours,
    })),
  });
}

/** Transfers, one a request. */
export function postLoad(server, seed) {
  const bodies = someTransfers(seed, bodiesMax).map((transfer) => JSON.stringify(transfer));
  return new PostLoad(server, { path: '/transactions/new', bodies, connections });
}
