/** The teaching roles as processes: mining on a real thread, signals, crashes, the comparison. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { call, killNodes, startAndEnd, startNode, until, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const folder = temporaryFolder();
const database = (name: string): string => `file:${path.join(folder, `${name}.db`)}`;
const pow = (name: string, env: Record<string, string> = {}): Promise<NodeProcess> =>
  startNode({ ROLE: 'pow', DATABASE_URL: database(name), ...env });

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function bpsc(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['scripts/bpsc.mjs', ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

/** Begun before the other tests, since it takes longer than they do. */
let comparing: Promise<Ended>;
beforeAll(() => {
  comparing = bpsc('compare', '--seconds', '3', '--rate', '20', '--json');
});

afterAll(async () => {
  await killNodes();
  removeTemporary();
});

test('a miner answers while it mines, shows its progress, is stopped, and survives kill -9 with nothing lost', async () => {
  // A hash with this many zeros is not found while the test runs.
  let node = await pow('hard', { POW_ZEROS: '16' });
  const payment = { sender: 'alice', recipient: 'bob', amount: 5 };
  expect((await call(`${node.url}/transactions/new`, payment)).status).toBe(201);
  const mining = call(`${node.url}/mine`);
  const first = await until(async () => {
    const { body } = await call(`${node.url}/mine/progress`);
    return (body.tries as number) > 0 && (body.tries as number);
  });
  await until(async () => ((await call(`${node.url}/mine/progress`)).body.tries as number) > first);
  expect((await call(`${node.url}/mine`, undefined, { method: 'DELETE' })).body).toEqual({
    message: 'Mining was stopped',
  });
  expect((await mining).status).toBe(409);

  const lost = call(`${node.url}/mine`).catch(() => 'the connection broke');
  await until(async () => (await call(`${node.url}/mine/progress`)).body.mining);
  expect(await node.stop('SIGKILL')).toBe('SIGKILL');
  expect(await lost).toBe('the connection broke');

  node = await pow('hard', { POW_ZEROS: '2' });
  expect((await call(`${node.url}/chain`)).body.length).toBe(1);
  const { status, body } = await call(`${node.url}/mine`);
  expect([status, body.message, body.index]).toEqual([200, 'New Block Forged', 2]);
  expect(body.transactions).toMatchObject([payment, { sender: '0', amount: 1 }]);

  const again = await startAndEnd({ ROLE: 'pow', DATABASE_URL: database('hard') });
  expect([again.code, again.output]).toEqual([1, expect.stringContaining('is in use by another program')]);
  expect(await node.stop('SIGTERM')).toBe(0);
});

test('a node that is stopped while it mines answers, and ends at once', async () => {
  const node = await pow('stopping', { POW_ZEROS: '16' });
  const mining = call(`${node.url}/mine`);
  await until(async () => (await call(`${node.url}/mine/progress`)).body.mining);
  expect(await node.stop('SIGINT')).toBe(0);
  expect(await mining).toMatchObject({
    status: 409,
    text: expect.stringContaining('the node stops') as string,
  });
});

test('nodes of different difficulty refuse each other’s chains', async () => {
  const easy = await pow('easy', { POW_ZEROS: '1' });
  const hard = await pow('harder', { POW_ZEROS: '3' });
  for (let n = 0; n < 4; n++) await call(`${easy.url}/mine`);
  await call(`${hard.url}/nodes/register`, { nodes: [easy.url] });
  expect((await call(`${hard.url}/nodes/resolve`)).body.message).toBe('Our chain is authoritative');
  expect((await call(`${hard.url}/nodes`)).text).toContain('has a proof that proves nothing under the rules');
});

test('a teaching node loads nothing of the other roles', async () => {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [path.resolve('dist/main.js')], {
    env: { PATH, ROLE: 'pow', PORT: '0', DATABASE_URL: database('loaded'), NODE_DEBUG: 'esm' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  await until(() => output.includes(' listens on '), 60_000);
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(output).toContain('dist/teaching/pow/');
  expect(output).not.toMatch(/dist\/(producer|follower|storage|signatures)\//);
});

test('validators play by TCP, and a taken TCP port is one line', async () => {
  const node = await startNode({
    ROLE: 'pos',
    TCP_PORT: '0',
    POS_ROUND_MS: '500',
    DATABASE_URL: database('pos'),
  });
  const port = Number(/validators connect to 127\.0\.0\.1:(\d+)/.exec(node.output())?.[1]);
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (part: string) => (text += part));
  await until(() => text === 'Enter token balance:');
  // Without a newline: what came at a pause counts.
  socket.write('100');
  await until(() => text === 'Enter token balance:\nEnter a new BPM:');
  socket.write('9\n');
  await until(() => text.endsWith('\nEnter a new BPM:\n\nEnter a new BPM:'));
  const { validators } = (await call(`${node.url}/validators`)).body as { validators: { address: string }[] };
  await until(() => text.includes('赢得了记账权利'), 30_000);
  expect(text.endsWith(`\n${validators[0]?.address ?? ''} 赢得了记账权利\n\n`)).toBe(true);
  expect((await call(`${node.url}/chain`)).body).toMatchObject({
    length: 2,
    chain: [{ BPM: 0 }, { BPM: 9 }],
  });
  const taken = await startAndEnd({ ROLE: 'pos', TCP_PORT: String(port), DATABASE_URL: database('pos-2') });
  expect([taken.code, taken.output]).toEqual([1, expect.stringContaining('set TCP_PORT')]);
  const ended = once(socket, 'close');
  expect(await node.stop('SIGTERM')).toBe(0);
  await ended;
  expect(text).toContain('The server stops.');
});

test('bpsc compare measures all three, and says what it shortened', async () => {
  const { code, stdout } = await comparing;
  expect(code).toBe(0);
  const comparison = JSON.parse(stdout) as Record<string, unknown>;
  for (const name of ['proof_of_work', 'proof_of_stake', 'bpsc']) {
    const figures = comparison[name] as Record<string, number>;
    for (const figure of [
      'transactions_per_second',
      'cpu_seconds',
      'joules_per_transaction',
      'seconds_to_final',
      'seconds_per_block',
      'bytes_on_wire',
      'bytes_on_disk',
    ]) {
      expect([name, figure, (figures[figure] ?? 0) > 0]).toEqual([name, figure, true]);
    }
  }
  expect(comparison.shortened).toEqual([
    'proof of stake: a round every 1000 ms in place of 10000',
    'bpsc: a block every 1000 ms in place of 10000',
  ]);
  expect(comparison.bpsc).toMatchObject({
    when_a_node_lies: expect.stringContaining('ENTRY_ID_MISMATCH') as string,
    when_the_producer_stops: expect.stringContaining('went on serving') as string,
  });
  expect(comparison.proof_of_work).toMatchObject({
    when_a_node_lies: expect.stringContaining('Our chain is authoritative') as string,
  });
});

test.each(['--seconds=0', '--seconds=x', '--watts=-1', '--rate=1e9', '--nope'])(
  'bpsc compare refuses %s',
  async (option) => {
    const { code, stdout, stderr } = await bpsc('compare', option);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(option.split('=')[0]);
  },
);
