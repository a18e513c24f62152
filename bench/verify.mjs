// Figure 10: `bpsc verify <database>`, its process's start included, against one loop that parses each entry, hashes it
// twice and inserts it.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { alternate, figure } from './rounds.mjs';

const cli = path.join(import.meta.dirname, '../dist/cli/main.js');
const bareLoop = path.join(import.meta.dirname, 'bare-replay.mjs');
const entriesOf = { full: 1_000_000, smoke: 20_000 };
const runProgram = promisify(execFile);

export async function run({ directory, fixtures, form, rounds }) {
  const entries = entriesOf[form];
  const database = path.join(await fixtures.chain(entries), 'producer.db');
  const measured = await alternate(
    rounds,
    {
      ours: () => verifiedPerSecond(database, entries),
      ceiling: () => replayedPerSecond(database, directory),
    },
    // Each is a process of its own: there is nothing to warm up but the system's cache, which making the chain filled.
    { warmUp: false },
  );
  return figure({
    name: `bpsc verify of a database of ${entries.toLocaleString('en')} transactions`,
    unit: 'transactions/s',
    aim: { ratioMin: 0.5 },
    rounds: measured,
  });
}

/** Audits a database by the command that a user would run. */
export async function verifiedPerSecond(database, entries) {
  const started = performance.now();
  const { stdout } = await runProgram(process.execPath, [cli, 'verify', '--quiet', '--json', database]);
  const seconds = (performance.now() - started) / 1000;
  const report = JSON.parse(stdout);
  if (!report.ok || report.chains[0].entries !== entries) throw new Error(`the audit found ${stdout}`);
  return entries / seconds;
}

/**
 * The bare loop over the same entries, in a process of its own.
 * @param lookUps as of `openRawTable`
 */
export async function replayedPerSecond(database, directory, { lookUps = true } = {}) {
  const { stdout } = await runProgram(process.execPath, [bareLoop, database, directory, String(lookUps)]);
  return JSON.parse(stdout).perSecond;
}
