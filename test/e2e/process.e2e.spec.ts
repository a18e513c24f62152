/** How nodes begin and end as processes: under npm, on a port that is taken, with a key that others can read. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import path from 'node:path';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startAndEnd,
  startNode,
  until,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const children = new Set<ChildProcess>();

afterAll(async () => {
  // Each leads a group, which has what it left behind.
  for (const { pid } of children) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // None of it is left.
    }
  }
  await killNodes();
  removeTemporary();
});

async function listenOn(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1').unref();
  await once(server, 'listening');
  return server;
}

async function freePort(): Promise<number> {
  const server = await listenOn(0);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const isUp = (port: number): Promise<boolean> =>
  call(`http://127.0.0.1:${port}/health/live`).then(
    () => true,
    () => false,
  );

/** npm, as a terminal or a supervisor starts it. */
function npm(args: readonly string[], env: Record<string, string>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('npm', args, {
    env: { PATH, HOME, FREE_DISK_BYTES_MIN: '0', ...env },
    stdio: 'ignore',
    detached: true,
  });
  children.add(child);
  return child;
}

describe('a signal to npm', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    '%s ends what npm start started',
    async (signal) => {
      const port = await freePort();
      const child = npm(['start'], { ...producerIn(temporaryFolder()), PORT: String(port) });
      await until(() => isUp(port));
      child.kill(signal);
      await until(async () => !(await isUp(port)));
    },
  );

  it.each(['SIGTERM', 'SIGKILL'] as const)('%s ends what npm run network started', async (signal) => {
    const port = await freePort();
    const options = ['--port', String(port), '--data', temporaryFolder(), '--followers', '0'];
    const child = npm(['run', 'network', '--', ...options], {});
    await until(() => isUp(port));
    child.kill(signal);
    await until(async () => !(await isUp(port)));
  });

  it('to its whole group, as Ctrl-C is, ends the network in order', async () => {
    const port = await freePort();
    const options = ['--port', String(port), '--data', temporaryFolder(), '--followers', '1'];
    const child = npm(['run', 'network', '--', ...options], {});
    await until(async () => (await isUp(port)) && (await isUp(port + 1)));
    process.kill(-child.pid!, 'SIGINT');
    await once(child, 'exit');
    expect(await isUp(port)).toBe(false);
    // Nodes that were killed would have made it 1.
    expect(child.exitCode).toBe(0);
  });
});

describe('a port that is taken', () => {
  it.each([
    ['producer', (folder: string) => producerIn(folder)],
    ['follower', (folder: string) => followerIn(folder, 'http://127.0.0.1:1')],
  ])('ends the first start of a %s with one sentence, before it makes anything', async (_, settings) => {
    const taken = await listenOn(0);
    const { port } = taken.address() as AddressInfo;
    const folder = temporaryFolder();
    const { code, output } = await startAndEnd({ ...settings(folder), PORT: String(port) });
    expect([code, output]).toEqual([
      1,
      `bpsc: cannot listen on 127.0.0.1:${port}: the port is already in use; stop the other program, or set PORT\n`,
    ]);
    expect(readdirSync(folder)).toEqual([]);
    taken.close();
  });

  it('ends npm run network with one sentence, whichever of its ports it is', async () => {
    const taken = await listenOn(0);
    const { port } = taken.address() as AddressInfo;
    const folder = path.join(temporaryFolder(), 'data');
    const { PATH = '', HOME = '' } = process.env;
    const options = ['--port', String(port - 1), '--data', folder, '--followers', '1'];
    const child = spawn(process.execPath, ['scripts/network.mjs', ...options], {
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => (output += piece.toString()));
    await once(child, 'close');
    expect([child.exitCode, output]).toEqual([
      1,
      `port ${port} is taken by another program; stop that one, or choose others: npm run network -- --port 6000\n`,
    ]);
    expect(readdirSync(path.dirname(folder))).toEqual([]);
    taken.close();
  });
});

describe("the producer's key", () => {
  it('is warned of where others can read it, and only there', async () => {
    const settings = producerIn(temporaryFolder());
    const keyFile = settings.PRODUCER_KEY_FILE!;
    for (const [mode, isExposed] of [
      [undefined, false],
      [0o640, true],
    ] as const) {
      if (mode !== undefined) chmodSync(keyFile, mode);
      const node = await startNode(settings);
      expect(
        node.output().includes(`can be read by users other than its owner (mode ${mode?.toString(8)})`),
      ).toBe(isExposed);
      expect(node.output().includes(`chmod 600 ${keyFile}`)).toBe(isExposed);
      await node.stop();
    }
  });
});
