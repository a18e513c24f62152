// From the start of a producer's process to its readiness with fifty chains, against one chain of as many entries.
import { setTimeout as sleep } from 'node:timers/promises';
import { chainList } from './chain-list.mjs';
import { startProducer } from './processes.mjs';
import { alternate, figure } from './rounds.mjs';
import { secondsToReady } from './start.mjs';

const chainCount = 50;
const entriesOf = { full: 100_000, smoke: 400 };

export async function startOfMany({ fixtures, form, rounds }) {
  const each = entriesOf[form];
  const total = each * chainCount;
  const many = await fixtures.copy(each, chainCount);
  const one = await fixtures.copy(total);
  const measured = await alternate(
    rounds,
    { ours: () => secondsToReadyWithAll(many, each), ceiling: () => secondsToReady(one, total) },
    // Each is a new process.
    { warmUp: false },
  );
  return figure({
    name: `start to ready with ${chainCount} chains of ${each.toLocaleString('en')}, against one of ${total.toLocaleString('en')}`,
    unit: 's, less is better',
    aim: { ratioMax: 1.5 },
    rounds: measured,
  });
}

async function secondsToReadyWithAll(directory, entries) {
  const started = performance.now();
  const producer = await startProducer(directory, { CHAINS: chainList(chainCount) });
  while (!(await fetch(`${producer.url}/health/ready`)).ok) await sleep(10);
  const seconds = (performance.now() - started) / 1000;
  const { chains } = await (await fetch(`${producer.url}/chains`)).json();
  const right = chains.filter(({ head }) => head.tree_size === entries);
  if (right.length !== chainCount)
    throw new Error(`only ${right.length} chains have ${entries} transactions`);
  await producer.stop();
  return seconds;
}
