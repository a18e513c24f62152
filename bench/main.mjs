// Runs the benches and says what they found: each figure as a ratio to a ceiling that is measured in the same run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Fixtures } from './fixtures.mjs';
import { stopAll } from './processes.mjs';
import { describeMachine, table } from './report.mjs';

/** Each a module that exports `run(settings)`, which gives one line of the report or several. */
const figures = {
  costs: () => import('./costs.mjs'),
  durablePost: () => import('./durable-post.mjs'),
  postLatency: () => import('./post-latency.mjs'),
  batch: () => import('./batch.mjs'),
  sealing: () => import('./sealing.mjs'),
  catchUp: () => import('./catch-up.mjs'),
  freshness: () => import('./freshness.mjs'),
  start: () => import('./start.mjs'),
  verify: () => import('./verify.mjs'),
  disk: () => import('./disk.mjs'),
  reads: () => import('./reads.mjs'),
  wholeChain: () => import('./whole-chain.mjs'),
  idle: () => import('./idle.mjs'),
  growth: () => import('./growth.mjs'),
  signatures: () => import('./signatures.mjs'),
  manyWallets: () => import('./many-wallets.mjs'),
  proofs: () => import('./proofs.mjs'),
  chains: () => import('./chains.mjs'),
  teaching: () => import('./teaching.mjs'),
};
const results = path.join(import.meta.dirname, 'results');
/** In short, two figures run at once: how fast anything is isn't asked then. */
const forms = {
  full: { rounds: 5, secondsPerRound: 5, atOnce: 1, limitSeconds: 2 * 3600 },
  smoke: { rounds: 1, secondsPerRound: 0.2, atOnce: 2, limitSeconds: 300 },
};
const usage = `usage: npm run bench -- [--smoke] [--seed N] [--only FIGURE]…

  --smoke    the same in about a minute: that all of it works, not how fast it is
  --seed N   what the made-up data is made from (default 1)
  --only F   one figure, may be repeated: ${Object.keys(figures).join(', ')}
`;

const { smoke, seed, only } = readOptions();
const settings = { form: smoke ? 'smoke' : 'full', seed, ...(smoke ? forms.smoke : forms.full) };

mkdirSync(results, { recursive: true });
// Beside the results, not in the system's temporary directory: that may be memory, where a durable write costs nothing.
const directory = mkdtempSync(path.join(results, 'run-'));
const limit = setTimeout(
  () => end(`not done within ${settings.limitSeconds} s`),
  settings.limitSeconds * 1000,
);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end(`stopped by ${signal}`));
try {
  await runAll();
  await end();
} catch (error) {
  await end(error.stack);
}

async function runAll() {
  const machine = describeMachine();
  console.log(`${machine.summary}\n${JSON.stringify(settings)}\n`);
  const fixtures = new Fixtures(directory, seed);
  const found = new Map();
  const rows = () => only.flatMap((name) => found.get(name) ?? []);
  const file = path.join(results, `${new Date().toISOString().replace(/[:.]/g, '-')}-${settings.form}.json`);
  const left = [...only];
  const runLeft = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const started = performance.now();
      const own = path.join(directory, name);
      mkdirSync(own);
      const { run } = await figures[name]();
      found.set(name, [await run({ ...settings, directory: own, fixtures })].flat());
      // After each, for a full run is long: what was measured stays, whatever comes after.
      writeFileSync(file, `${JSON.stringify({ machine, settings, figures: rows() }, null, 2)}\n`);
      console.log(`${name}: done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    }
  };
  await Promise.all(Array.from({ length: settings.atOnce }, runLeft));
  console.log(`\n${table(rows())}\n`);
  console.log(`Written to ${path.relative(process.cwd(), file)}`);
}

async function end(problem) {
  clearTimeout(limit);
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
  if (problem !== undefined) console.error(problem);
  process.exit(problem === undefined ? 0 : 1);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        smoke: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        only: { type: 'string', multiple: true, default: Object.keys(figures) },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    if (!/^\d{1,9}$/.test(values.seed))
      throw new Error(`--seed must be a whole number, not '${values.seed}'`);
    const unknown = values.only.find((name) => !Object.hasOwn(figures, name));
    if (unknown !== undefined)
      throw new Error(`--only must be one of ${Object.keys(figures).join(', ')}, not '${unknown}'`);
    return { smoke: values.smoke, seed: Number(values.seed), only: [...new Set(values.only)] };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(1);
  }
}
