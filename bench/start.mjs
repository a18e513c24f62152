// Figure 10: from the start of a producer's process to its readiness, on a long chain; beside it, on a short one.
import { setTimeout as sleep } from 'node:timers/promises';
import { startProducer } from './processes.mjs';
import { alternate, figure } from './rounds.mjs';

const entriesOf = { full: { long: 5_000_000, short: 1000 }, smoke: { long: 20_000, short: 1000 } };

export async function run({ fixtures, form, rounds }) {
  const { long, short } = entriesOf[form];
  const directories = { ours: await fixtures.copy(long), short: await fixtures.copy(short) };
  const measured = await alternate(
    rounds,
    {
      ours: () => secondsToReady(directories.ours, long),
      short: () => secondsToReady(directories.short, short),
    },
    // Each is a new process.
    { warmUp: false },
  );
  return figure({
    name: `start to ready with ${long.toLocaleString('en')} transactions`,
    unit: 's',
    aim: { oursMax: 2 },
    rounds: measured,
  });
}

/** Starts a producer on a directory, looks whether it has the chain that it should, and stops it. */
export async function secondsToReady(directory, entries) {
  const started = performance.now();
  const producer = await startProducer(directory);
  while (!(await fetch(`${producer.url}/health/ready`)).ok) await sleep(10);
  const seconds = (performance.now() - started) / 1000;
  const head = await (await fetch(`${producer.url}/chains/aka/head`)).json();
  if (head.tree_size !== entries) {
    throw new Error(`the producer started with ${head.tree_size} transactions instead of ${entries}`);
  }
  await producer.stop();
  return seconds;
}
