// npm run openapi:check: starts a node of each role, and asks of its OpenAPI document that Redocly finds nothing wrong
// with it, not even a warning, and that a client which is generated from it compiles. What the nodes answer is held
// against the document by the tests themselves (test/support/openapi.ts).
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuild } from './ensure-build.mjs';
import { fail, root } from './project.mjs';

const listensWithinMs = 60_000;
const bin = (name) => path.join(root, 'node_modules/.bin', name);

await ensureBuild();
const data = mkdtempSync(path.join(os.tmpdir(), 'bpsc-openapi-'));
// Inside the project, so that what is generated finds its packages.
const made = path.join(root, 'node_modules/.cache/bpsc-openapi');
mkdirSync(made, { recursive: true });
const children = [];
let failed = false;

try {
  const producer = await start('producer', { PRODUCER_KEY_FILE: path.join(data, 'key.pem') });
  const follower = await start('follower', { PRODUCER_URL: producer });
  const teaching = ['pow', 'pyverse', 'pyverse-client', 'pos'];
  const others = await Promise.all(
    teaching.map(async (role) => [role, await start(role, { TCP_PORT: '0' })]),
  );
  for (const [role, url] of [...Object.entries({ producer, follower }), ...others]) {
    const file = path.join(made, `${role}.json`);
    writeFileSync(file, await (await fetch(`${url}/api-json`)).text());
    run('redocly', ['lint', file, '--extends', 'recommended-strict', '--format', 'stylish']);
    run('openapi-typescript', [file, '--output', path.join(made, `${role}.ts`)]);
  }
  copyFileSync(path.join(root, 'test/openapi/client.ts'), path.join(made, 'client.ts'));
  const options =
    '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2023 --types node';
  run('tsc', ['--ignoreConfig', ...options.split(' '), path.join(made, 'client.ts')]);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
}
if (failed) fail('The OpenAPI document is not what it should be.');

/** Starts a node on a free port. */
function start(role, env) {
  const child = spawn(process.execPath, [path.join(root, 'dist/main.js')], {
    env: {
      PATH: process.env.PATH,
      ROLE: role,
      PORT: '0',
      FREE_DISK_BYTES_MIN: '0',
      DATABASE_URL: `file:${path.join(data, `${role}.db`)}`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the ${role} does not listen`)), listensWithinMs);
    child.once('exit', (code) => reject(new Error(`the ${role} ended with ${code}`)));
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
      const url = /listens on (http:\/\/[0-9.:]+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url);
    });
  });
}

function run(command, args) {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const { status } = spawnSync(bin(command), args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) failed = true;
}
