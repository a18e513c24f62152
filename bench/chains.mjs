// What many chains on one producer cost: durable POSTs that are spread over fifty chains against the same on one, what
// fifty idle chains take of the machine, and the start; and what a follower of many producers takes.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { someTransfers } from './bodies.mjs';
import { chainList, chainNames } from './chain-list.mjs';
import { startOfMany } from './chains-start.mjs';
import { assertAuditsClean } from './kept.mjs';
import { PostLoad } from './load.mjs';
import { followMany } from './many-producers.mjs';
import { startProducer } from './processes.mjs';
import { processorSeconds, residentMB } from './resident.mjs';
import { alternate, figure } from './rounds.mjs';

const chainCount = 50;
const connections = 64;
const bodiesMax = 500;
const warmUpRequests = { full: 10_000, smoke: 1_000 };
const settleSeconds = { full: 10, smoke: 1 };
const idleSeconds = { full: 30, smoke: 2 };

const names = chainNames(chainCount);
const chains = chainList(chainCount);

export async function run(settings) {
  return [
    await spread(settings),
    ...(await idle(settings)),
    await startOfMany(settings),
    ...(await followMany(settings)),
  ];
}

/** Both are the same program; only where the requests go differs. */
async function spread({ form, directory, rounds, secondsPerRound, seed }) {
  const [many, one] = await Promise.all(
    ['many', 'one'].map(async (name) => {
      const own = path.join(directory, name);
      mkdirSync(own);
      return startProducer(own, name === 'many' ? { CHAINS: chains } : {});
    }),
  );
  const bodies = someTransfers(seed, bodiesMax).map((transfer) => JSON.stringify(transfer));
  const paths = names.map((name) => `/chains/${name}/transactions`);
  const ours = new PostLoad(many, { paths, bodies, connections });
  const ceiling = new PostLoad(one, { path: '/transactions/new', bodies, connections });
  for (const load of [ours, ceiling]) await load.send(warmUpRequests[form]);
  const measured = await alternate(
    rounds,
    { ours: () => ours.round(secondsPerRound), ceiling: () => ceiling.round(secondsPerRound) },
    { warmUp: false },
  );
  assertAuditsClean(one.url);
  for (const server of [many, one]) await server.stop();
  return figure({
    name: `durable POSTs over ${chainCount} chains, ${connections} connections, against one chain`,
    unit: 'requests/s',
    aim: { ratioMin: 0.7 },
    rounds: measured.map((round) => ({
      ours: round.ours.perSecond,
      ceiling: round.ceiling.perSecond,
      latency: round.ours,
    })),
  });
}

/** The two chains of a producer without a list are what the others are over. */
async function idle({ form, directory }) {
  const own = ['idle-many', 'idle-two'].map((name) => path.join(directory, name));
  for (const each of own) mkdirSync(each);
  const [many, two] = await Promise.all([startProducer(own[0], { CHAINS: chains }), startProducer(own[1])]);
  await sleep(settleSeconds[form] * 1000);
  const before = [many, two].map(processorSeconds);
  const started = performance.now();
  await sleep(idleSeconds[form] * 1000);
  const elapsed = (performance.now() - started) / 1000;
  const [busy, base] = [many, two].map(
    (server, at) => ((processorSeconds(server) - before[at]) / elapsed) * 100,
  );
  const megabytes = (residentMB(many) - residentMB(two)) / (chainCount - 2);
  for (const server of [many, two]) await server.stop();
  return [
    figure({
      name: `${chainCount} idle chains: processor over two`,
      unit: '% of a core',
      aim: { oursMax: 0.2 },
      rounds: [{ ours: busy - base }],
    }),
    figure({
      name: 'an idle chain: memory',
      unit: 'MB',
      aim: { oursMax: 1.05 },
      rounds: [{ ours: megabytes }],
    }),
  ];
}
