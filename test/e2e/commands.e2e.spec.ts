/** What a user types: the network in one command, and the command line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { runCli } from '../support/cli.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { call, killNodes, producerIn, startNode, until, type NodeProcess } from '../support/node-process.js';

afterAll(async () => {
  await killNodes();
  removeTemporary();
});

/** Three ports in a row that nobody has: below those that the system gives to outgoing connections at any moment. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}

describe('npm run network', () => {
  const data = temporaryFolder();
  let port: number;
  let runner: ChildProcess;
  let output = '';

  async function start(...more: string[]): Promise<void> {
    output = '';
    runner = spawn(
      process.execPath,
      ['scripts/network.mjs', '--port', String(port), '--data', data, ...more],
      {
        env: {
          PATH: process.env.PATH ?? '',
          HOME: process.env.HOME ?? '',
          BLOCK_INTERVAL_MS: '200',
          SYNC_INTERVAL_MS: '100',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [runner.stdout, runner.stderr])
      stream?.on('data', (piece: Buffer) => (output += piece.toString()));
    await until(
      () => {
        if (runner.exitCode !== null) throw new Error(output);
        return /\/api/.test(output) && output.includes('curl');
      },
      60_000,
      () => output,
    );
  }

  async function stop(signal: NodeJS.Signals): Promise<number | null> {
    runner.kill(signal);
    await once(runner, 'close');
    return runner.exitCode;
  }

  const url = (offset: number): string => `http://127.0.0.1:${port + offset}`;
  const isUp = async (offset: number): Promise<boolean> =>
    call(`${url(offset)}/health/live`).then(
      () => true,
      () => false,
    );

  beforeAll(async () => {
    port = await freePorts();
  });

  it('starts a producer and two followers that work, and stops them cleanly', async () => {
    await start();
    await call(`${url(0)}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: 1000000 });
    for (const offset of [1, 2]) {
      await until(async () => (await call(`${url(offset)}/wallets/bob`)).body.balance === '999950');
    }
    expect(await stop('SIGINT')).toBe(0);
    for (const offset of [0, 1, 2]) expect(await isUp(offset)).toBe(false);
  });

  it('goes on with the same chains at a second start, with as many followers as asked for', async () => {
    await start('--followers', '1');
    expect((await call(`${url(1)}/wallets/bob`)).body.balance).toBe('999950');
    expect(await isUp(2)).toBe(false);
    expect(await stop('SIGTERM')).toBe(0);
  });

  it('leaves no process behind when it is killed', async () => {
    await start('--followers', '1');
    await stop('SIGKILL');
    await until(async () => !(await isUp(0)) && !(await isUp(1)));
  });

  it('deletes nothing without being sure', async () => {
    const child = spawn(
      process.execPath,
      ['scripts/network.mjs', '--port', String(port), '--data', data, '--fresh'],
      { stdio: 'ignore' },
    );
    await once(child, 'close');
    expect(child.exitCode).not.toBe(0);
    expect(statSync(path.join(data, 'producer.db')).size).toBeGreaterThan(0);
  });

  it('starts over on request', async () => {
    await start('--fresh', '--yes', '--followers', '0');
    expect((await call(`${url(0)}/chain`)).body.length).toBe(1);
    await stop('SIGINT');
  });
});

describe('bpsc', () => {
  const folder = temporaryFolder();
  let node: NodeProcess;
  beforeAll(async () => {
    node = await startNode(producerIn(folder, { BLOCK_MAX_ENTRIES: '10' }));
    const transactions = Array.from({ length: 25 }, (_, i) => ({
      sender: 'alice',
      recipient: `bob ${i}`,
      amount: '1',
    }));
    await call(`${node.url}/transactions/batch`, { transactions });
    await call(`${node.url}/information/new`, { information: { a: 1 } });
    await until(async () => (await call(`${node.url}/chain?limit=1`)).body.length === 3);
  });

  it('audits what a node serves, and the database that it runs on', async () => {
    const served = await runCli(['verify', node.url, '--json']);
    expect(served.code).toBe(0);
    expect(JSON.parse(served.stdout)).toMatchObject({
      chains: [
        { name: 'aka', blocks: 3, entries: 20 },
        { name: 'information', blocks: 1 },
      ],
    });
    const kept = await runCli(['verify', path.join(folder, 'producer.db')]);
    expect([kept.code, kept.stdout]).toEqual([0, expect.stringContaining('aka')]);
  });

  it('finds a byte that was changed in a database, and says where', async () => {
    await node.stop();
    const file = path.join(folder, 'producer.db');
    const db = new Database(file);
    db.exec(`UPDATE "transaction" SET leaf = replace(leaf, '"bob 7"', '"bob 8"') WHERE sequence = 7`);
    db.close();
    const audit = await runCli(['verify', file]);
    expect(audit.code).toBe(1);
    expect(audit.stdout + audit.stderr).toMatch(/ENTRY_ID_MISMATCH|STORED_MISMATCH|NONCE_REUSED/);
    const asJson = await runCli(['verify', file, '--json']);
    expect([asJson.code, asJson.stdout]).toEqual([1, expect.stringContaining('"fault"')]);
  });

  it('shows the state of nodes, and fails when one is away', async () => {
    const away = await runCli(['status', node.url]);
    expect(away.code).toBe(1);
    expect(away.stdout).toContain(node.url.replace('http://', ''));
  });

  it('makes a key that only its owner can read, and overwrites none', async () => {
    const file = path.join(folder, 'new-key.pem');
    const made = await runCli(['keygen', file]);
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/[0-9a-f]{64}/)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('BEGIN PRIVATE KEY');
    const before = readFileSync(file, 'utf8');
    expect((await runCli(['keygen', file])).code).not.toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('explains itself', async () => {
    const help = await runCli(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['verify', 'status', 'keygen']) expect(help.stdout).toContain(command);
    const unknown = await runCli(['verfy']);
    expect([unknown.code === 0, unknown.stderr]).toEqual([false, expect.stringContaining('verify')]);
    const nothing = await runCli(['verify', path.join(folder, 'none.db')]);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr.trim().split('\n')).toHaveLength(1);
  });
});
