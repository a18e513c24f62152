// npm run classroom: a network of each kind on this machine, and a page that shows all three.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureBuild } from './ensure-build.mjs';
import { fail } from './project.mjs';

const usage = `Starts three proof-of-work miners, a proof-of-stake server with two validators, and a smart blockchain's producer
with two followers, all on this machine, and one page that shows them. Ctrl-C stops all of it.

usage: npm run classroom -- [options]

  --port BASE     the page's port, the nodes have the next eight (default 4000; 0: any free ones)
  --help          this
`;
const nodesMax = 8;

let values;
try {
  ({ values } = parseArgs({
    options: { port: { type: 'string', default: '4000' }, help: { type: 'boolean', default: false } },
  }));
} catch (error) {
  fail(`${error.message}\nnpm run classroom -- --help tells the options`);
}
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535 - nodesMax)
  fail(`--port must be a whole number from 0 to ${65_535 - nodesMax}, not '${values.port}'`);

await ensureBuild();
if (existsSync('.env')) process.loadEnvFile('.env');
// Settings in .env for nodes of other roles don't concern the classroom.
Object.assign(process.env, { ROLE: 'classroom', PORT: values.port });
process.env.LOG_FORMAT ??= 'pretty';
process.setSourceMapsEnabled(true);
process.stdout.write('Starting seven nodes …\n');
await import('../dist/main.js');
