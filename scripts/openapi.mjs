// npm run openapi:check: starts a node of each role, and asks of its OpenAPI document that Redocly finds nothing wrong
// with it, not even a warning, that a client which is generated from it compiles, and that the explorer's types are
// those of the document. What the nodes answer is held against the document by the tests themselves
// (test/support/openapi.ts).
// npm run openapi:types: writes the explorer's types, after the document changed.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import openapiTypes, { astToString } from 'openapi-typescript';
import * as prettier from 'prettier';
import { ensureBuild } from './ensure-build.mjs';
import { fail, root, shown } from './project.mjs';

const listensWithinMs = 60_000;
const bin = (name) => path.join(root, 'node_modules/.bin', name);

/** What the explorer knows of the API: the schemas of the producer's document, which has all that a follower's has. */
const explorerTypes = path.join(root, 'web/src/api/schemas.ts');

const command = process.argv[2];
if (command !== 'check' && command !== 'types') fail('Usage: node scripts/openapi.mjs check | types');

await ensureBuild();
const data = mkdtempSync(path.join(os.tmpdir(), 'bpsc-openapi-'));
// Inside the project, so that what is generated finds its packages.
const made = path.join(root, 'node_modules/.cache/bpsc-openapi');
mkdirSync(made, { recursive: true });
const children = [];
let failed = false;

try {
  const producer = await start('producer', { PRODUCER_KEY_FILE: path.join(data, 'key.pem') });
  const types = await typesOf(await documentOf(producer));
  if (command === 'types') writeFileSync(explorerTypes, types);
  else await check(producer, types);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
}
if (failed) fail('The OpenAPI document is not what it should be.');

async function check(producer, types) {
  const follower = await start('follower', { PRODUCER_URL: producer });
  const teaching = ['pow', 'pyverse', 'pyverse-client', 'pos'];
  const others = await Promise.all(
    teaching.map(async (role) => [role, await start(role, { TCP_PORT: '0' })]),
  );
  for (const [role, url] of [...Object.entries({ producer, follower }), ...others]) {
    const file = path.join(made, `${role}.json`);
    writeFileSync(file, await documentOf(url));
    run('redocly', ['lint', file, '--extends', 'recommended-strict', '--format', 'stylish']);
    run('openapi-typescript', [file, '--output', path.join(made, `${role}.ts`)]);
  }
  copyFileSync(path.join(root, 'test/openapi/client.ts'), path.join(made, 'client.ts'));
  const options =
    '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2023 --types node';
  run('tsc', ['--ignoreConfig', ...options.split(' '), path.join(made, 'client.ts')]);
  if (readFileSync(explorerTypes, 'utf8') === types) return;
  process.stderr.write(
    `${shown(explorerTypes)} is not what the producer's document says: npm run openapi:types, and commit it.\n`,
  );
  failed = true;
}

async function documentOf(url) {
  return (await fetch(`${url}/api-json`)).text();
}

/** Without the routes, of which the explorer asks few, and without examples, which no type has. */
async function typesOf(text) {
  const document = JSON.parse(text, (key, value) => (key === 'example' ? undefined : value));
  const nodes = await openapiTypes(
    { ...document, paths: {} },
    { immutable: true, rootTypes: true, rootTypesNoSchemaPrefix: true, silent: true },
  );
  const header =
    '/** The schemas of the API, from its OpenAPI document: `npm run openapi:types` writes this file. */\n\n';
  return prettier.format(header + astToString(nodes), {
    ...(await prettier.resolveConfig(explorerTypes)),
    filepath: explorerTypes,
  });
}

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
