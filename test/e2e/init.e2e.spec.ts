/** A new ledger, as `bpsc init` sets it up: the commands of its README are run as they stand, against its own nodes. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { killNodes, startNode, until } from '../support/node-process.js';
import { runCli } from '../support/cli.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

afterEach(killNodes);
afterAll(removeTemporary);

const PROGRAM = path.resolve('scripts/bpsc.mjs');
const PASSPHRASE = { BPSC_PASSPHRASE: 'correct horse' };

/** A folder with a program `npx` that runs this checkout's `bpsc`. */
function binFolder(): string {
  const folder = temporaryFolder();
  const npx = path.join(folder, 'npx');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(npx, 0o755);
  return folder;
}

async function freePorts(count: number): Promise<readonly string[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => promisify(server.close.bind(server))()));
  return ports;
}

/** All commands of the README that can be run as they stand, in order. */
function commands(folder: string): string {
  const text = readFileSync(path.join(folder, 'README.md'), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
}

it.each([
  [
    'open',
    'tokens,points,certificates,audit-log',
    ['"address":"bob","available":"12.49"', '"address":"bob","available":"40"'],
  ],
  ['signed', 'points', ['"available":"40"']],
])('a ledger with wallets that are %s does what its README says', async (policy, uses, expected) => {
  const folder = temporaryFolder();
  const [port = '', followerPort = ''] = await freePorts(2);
  const ports = ['--port', port, '--follower-port', followerPort];
  const args = ['init', folder, '--for', uses, '--policy', policy, ...ports, '--yes'];
  expect(await runCli(args, folder, PASSPHRASE)).toMatchObject({ code: 0 });

  const producer = await startNode({}, { args: [PROGRAM, 'start'], cwd: folder });
  const follower = await startNode({}, { args: [PROGRAM, 'start', 'follower.env'], cwd: folder });
  expect([producer.url, follower.url]).toEqual([
    `http://127.0.0.1:${port}`,
    `http://127.0.0.1:${followerPort}`,
  ]);
  await until(async () => (await fetch(`${follower.url}/health/ready`)).ok);

  const script = `set -euo pipefail\n${commands(folder)}`;
  const { PATH = '' } = process.env;
  const env = { ...process.env, ...PASSPHRASE, PATH: `${binFolder()}:${PATH}` };
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env });
  for (const text of expected) expect(stdout).toContain(text);
  expect(stdout).not.toContain('about:blank');
  expect(stdout).toMatch(/ agree +yes/);
});
