/** A node whose output can't be written goes on, and ends on request. */
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { call, killNodes, producerIn, until } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

/** Within which a node ends: it gives open requests 4.5 s. */
const STOP_LIMIT_MS = 9000;
/** A path that long is logged in full: some hundred fill a pipe and what waits behind it. */
const LONG_PATH = `/${'x'.repeat(12_000)}`;

const started = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await killNodes();
  removeTemporary();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  ended(): boolean;
}

async function start(stdio: StdioOptions, env: Record<string, string>): Promise<Started> {
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH, HOME, FREE_DISK_BYTES_MIN: '0', ...env, PORT: String(port) },
    stdio,
  });
  started.add(child);
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
}

async function lives({ url, ended }: Started): Promise<void> {
  await until(async () => {
    if (ended()) throw new Error('it ended by itself');
    return call(`${url}/health/live`).then(
      () => true,
      () => false,
    );
  });
}

async function dropped(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^bpsc_log_lines_dropped_total (\d+)/m.exec(text)?.[1]);
}

/** Makes the node say more than fits anywhere. */
async function fill(url: string): Promise<void> {
  for (let lost = 0; lost < 10; lost = await dropped(url)) {
    await Promise.all(
      Array.from({ length: 20 }, () => fetch(url + LONG_PATH).then((answer) => answer.text())),
    );
  }
}

async function stops({ child, ended }: Started): Promise<void> {
  child.kill('SIGTERM');
  await until(ended, STOP_LIMIT_MS);
  expect(child.exitCode).toBe(0);
}

describe.each(['json', 'pretty'])('a node that logs as %s', (format) => {
  const settings = (): Record<string, string> => ({
    ...producerIn(temporaryFolder()),
    LOG_FORMAT: format,
    LOG_LEVEL: 'debug',
  });

  it('works on, counts, and ends, with its log on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    const node = await start(['ignore', full, full], settings());
    closeSync(full);
    await lives(node);
    const { status } = await call(`${node.url}/transactions/new`, {
      sender: 'a',
      recipient: 'b',
      amount: '1',
    });
    expect(status).toBe(201);
    expect(await dropped(node.url)).toBeGreaterThan(1);
    await stops(node);
  });

  it('works on, counts, and ends, when nobody is left to read its log', async () => {
    const node = await start(['ignore', 'pipe', 'pipe'], settings());
    node.child.stdout?.destroy();
    node.child.stderr?.destroy();
    await lives(node);
    expect((await call(`${node.url}/mine`)).status).toBe(200);
    expect(await dropped(node.url)).toBeGreaterThan(1);
    await stops(node);
  });

  it('works on and ends while nobody reads its log, and says what is missing once it is read again', async () => {
    const settled = settings();
    const pipe = path.join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY);
    const node = await start(['ignore', writer, writer], settled);
    closeSync(writer);
    await lives(node);
    await fill(node.url);
    expect((await call(`${node.url}/mine`)).status).toBe(200);

    let text = '';
    await until(() => {
      text += readPiece(reader);
      return text.includes('lines of this log could not be written and are missing here');
    });
    expect(text).toContain('listens on');
    await fill(node.url);
    await stops(node);
    closeSync(reader);
  });

  it('works on and ends while nobody reads the socket of its log', async () => {
    // Node gives a child a pair of sockets.
    const node = await start(['ignore', 'pipe', 'pipe'], settings());
    await lives(node);
    await fill(node.url);
    expect((await call(`${node.url}/mine`)).status).toBe(200);
    await stops(node);
  });
});

function readPiece(descriptor: number): string {
  const bytes = Buffer.alloc(65_536);
  try {
    return bytes.subarray(0, readSync(descriptor, bytes)).toString();
  } catch {
    return ''; // Nothing there now.
  }
}

it('a start that is refused ends with exit code 1 where the reason can be written nowhere', async () => {
  const full = openSync('/dev/full', 'w');
  const node = await start(['ignore', full, full], { ROLE: 'nothing' });
  closeSync(full);
  await until(node.ended);
  expect(node.child.exitCode).toBe(1);
});

it('npm run network runs on, and ends, while nobody reads what it says', async () => {
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    process.execPath,
    ['scripts/network.mjs', '--port', String(port), '--data', temporaryFolder(), '--followers', '0'],
    { env: { PATH, HOME, LOG_LEVEL: 'debug' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  started.add(child);
  const network = {
    child,
    url: `http://127.0.0.1:${port}`,
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
  await lives(network);
  for (let i = 0; i < 12; i++)
    await Promise.all(
      Array.from({ length: 20 }, () => fetch(network.url + LONG_PATH).then((answer) => answer.text())),
    );
  expect((await call(`${network.url}/mine`)).status).toBe(200);
  await stops(network);
});
