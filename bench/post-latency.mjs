// Figure 2: how long one durable POST /transactions/new takes where nobody else asks, against one commit of SQLite's
// with synchronous=FULL that inserts the same row.
import path from 'node:path';
import { transfers } from './bodies.mjs';
import { verifyNothingIsLost } from './kept.mjs';
import { postInTurn } from './one-connection.mjs';
import { startProducer, startProgram } from './processes.mjs';
import { startRawInserts } from './raw-inserts.mjs';
import { alternate, figure } from './rounds.mjs';

const requests = { full: 5_000, smoke: 500 };
const warmUpRounds = 2;

export async function run({ form, directory, fixtures, rounds, seed }) {
  const own = await fixtures.copy(0);
  const producer = await startProducer(own);
  const raw = await startRawInserts(path.join(own, 'producer.db'), directory);
  const bare = await startProgram(path.join(import.meta.dirname, 'bare-http-commit.mjs'), directory, [
    path.join(directory, 'bare-http-commit.db'),
  ]);
  const bodies = transfers(seed);
  let sent = 0;
  const post = async () => {
    const times = await postLatencies(producer, bodies, requests[form]);
    sent += times.length;
    return times;
  };
  const postBare = () => postLatencies(bare, bodies, requests[form]);
  for (let round = 0; round < warmUpRounds; round++) {
    await post();
    await postBare();
  }
  // Each round's rows go into the other database in the next one, so that either may go first.
  await raw.copy(sent - requests[form], 1);
  const measured = await alternate(
    rounds,
    { ours: post, ceiling: () => raw.copy(requests[form], 1), bare: postBare },
    { warmUp: false },
  );
  await verifyNothingIsLost(producer, sent);
  await producer.stop();
  await raw.stop();
  await bare.stop();
  const name = 'durable POST /transactions/new, 1 connection';
  const of = (what, percent) => measured.map((round) => percentile(round[what], percent));
  const line = (percent, rest = {}, ceiling = 'ceiling') => {
    const [ours, theirs] = [of('ours', percent), of(ceiling, percent)];
    return figure({
      name: `${name}, p${percent}`,
      unit: 'ms, less is better',
      rounds: ours.map((value, round) => ({ ours: value, ceiling: theirs[round] })),
      ...rest,
    });
  };
  return [
    line(50, { aim: { ratioMax: 2 } }),
    line(50, { name: `${name}, p50, against HTTP and one commit` }, 'bare'),
    line(99),
  ];
}

/** @returns how long each took, in milliseconds */
export function postLatencies(producer, bodies, count) {
  const texts = Array.from({ length: count }, () => JSON.stringify(bodies.next().value));
  return postInTurn(`${producer.url}/transactions/new`, texts);
}

export function percentile(times, percent) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}
