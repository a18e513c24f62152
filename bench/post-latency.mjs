// Figure 2: how long one durable POST /transactions/new takes where nobody else asks, against one commit of SQLite's
// with synchronous=FULL that inserts the same row.
import path from 'node:path';
import { transfers } from './bodies.mjs';
import { verifyNothingIsLost } from './kept.mjs';
import { postInTurn } from './one-connection.mjs';
import { startProducer } from './processes.mjs';
import { startRawInserts } from './raw-inserts.mjs';
import { alternate, figure } from './rounds.mjs';

const requests = { full: 5_000, smoke: 500 };
const warmUpRounds = 2;

export async function run({ form, directory, fixtures, rounds, seed }) {
  const own = await fixtures.copy(0);
  const producer = await startProducer(own);
  const raw = await startRawInserts(path.join(own, 'producer.db'), directory);
  const bodies = transfers(seed);
  let sent = 0;
  const post = async () => {
    const times = await postLatencies(producer, bodies, requests[form]);
    sent += times.length;
    return times;
  };
  for (let round = 0; round < warmUpRounds; round++) await post();
  // Each round's rows go into the other database in the next one, so that either may go first.
  await raw.copy(sent - requests[form], 1);
  const measured = await alternate(
    rounds,
    { ours: post, ceiling: () => raw.copy(requests[form], 1) },
    { warmUp: false },
  );
  await verifyNothingIsLost(producer, sent);
  await producer.stop();
  await raw.stop();
  const line = (percent, aim) =>
    figure({
      name: `durable POST /transactions/new, 1 connection, p${percent}`,
      unit: 'ms, less is better',
      aim,
      rounds: measured.map((round) => ({
        ours: percentile(round.ours, percent),
        ceiling: percentile(round.ceiling, percent),
      })),
    });
  return [line(50, { ratioMax: 2 }), line(99, {})];
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
