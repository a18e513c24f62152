import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatVerifierKey } from '../../src/chain/note/verifier-key.js';
import { runCli } from '../support/cli.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { TestLog } from '../support/test-log.js';

afterAll(async () => {
  await killNodes();
  removeTemporary();
});

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly verifier_key: string;
  readonly witnessed_size: number | null;
}

const chainsOf = async ({ url }: NodeProcess): Promise<readonly Listed[]> =>
  (await call(`${url}/chains`)).body.chains as Listed[];
const aka = async (node: NodeProcess): Promise<Listed> =>
  (await chainsOf(node)).find(({ name }) => name === 'aka') as Listed;
const transfer = async ({ url }: NodeProcess, nonce: string): Promise<string> => {
  const sent = { sender: 'alice', recipient: 'bob', amount: '1', nonce };
  return ((await call(`${url}/transactions/new`, sent)).body.transaction as { id: string }).id;
};
const seal = ({ url }: NodeProcess): Promise<unknown> => call(`${url}/mine`, {});
const ask = (url: string, body: string, headers: Record<string, string> = {}) =>
  call(`${url}/add-checkpoint`, body, { headers: { 'content-type': 'text/plain', ...headers } });

const witnessEnv = (
  folder: string,
  name: string,
  more: Record<string, string> = {},
): Record<string, string> => ({
  WITNESS_NAME: `${name}.example/1`,
  WITNESS_KEY_FILE: path.join(folder, `${name}.pem`),
  DATABASE_URL: `file:${path.join(folder, `${name}.db`)}`,
  ...more,
});
const identity = async ({ url }: NodeProcess): Promise<string> =>
  ((await call(`${url}/chains`)).body.witness as { verifier_key: string }).verifier_key;

it('a producer, two witnesses and a follower: an entry becomes witnessed everywhere, and its receipt says by whom', async () => {
  const folder = temporaryFolder();
  const first = await startNode(producerIn(folder));
  const witnesses = await Promise.all(
    ['w1', 'w2'].map((name) => startNode(followerIn(folder, first.url, witnessEnv(folder, name)))),
  );
  const keys = await Promise.all(witnesses.map(identity));
  expect(witnesses[0]?.output()).toContain(keys[0]);
  expect(statSync(path.join(folder, 'w1.pem')).mode & 0o777).toBe(0o600);
  await first.stop();
  const policy = path.join(folder, 'policy');
  const lines = keys.map((key, n) => `witness w${n} ${key} ${witnesses[n]?.url}`);
  writeFileSync(policy, [...lines, 'group both all w0 w1', 'quorum both', ''].join('\n'));
  const port = new URL(first.url).port;
  const producer = await startNode(producerIn(folder, { WITNESSES: policy, PORT: port }));
  const follower = await startNode(followerIn(folder, producer.url, { WITNESSES: policy }));
  const id = await transfer(producer, 'a');
  const level = async (node: NodeProcess): Promise<unknown> =>
    (await call(`${node.url}/transactions/${id}`)).body.level;
  expect(await level(producer)).toBe('accepted');
  await seal(producer);
  await until(async () => (await level(producer)) === 'witnessed');
  await until(async () => (await level(follower)) === 'witnessed');
  // A witness without a policy of its own promises nothing of the kind.
  expect(await level(witnesses[0] as NodeProcess)).toBe('sealed');
  const { verifier_key: logKey } = await aka(producer);
  const receipt = path.join(folder, 'a.tlog-proof');
  writeFileSync(receipt, (await call(`${follower.url}/receipts/${id}`)).text);
  writeFileSync(policy, [`log ${logKey}`, ...lines, 'group both all w0 w1', 'quorum both', ''].join('\n'));
  const { code, stdout } = await runCli(['verify-receipt', receipt, '--policy', policy]);
  expect([code, /vouched for by .*\.$/m.exec(stdout)?.[0]]).toEqual([
    0,
    expect.stringMatching(/w1\.example\/1 at /),
  ]);
  expect(stdout).toMatch(/w2\.example\/1 at /);
  // Without one of the two, entries stay sealed, and nothing else waits for it.
  await witnesses[1]?.stop();
  const second = await transfer(producer, 'b');
  await seal(producer);
  expect((await call(`${producer.url}/transactions/${second}`)).body).toMatchObject({ level: 'sealed' });
  const metrics = async (): Promise<string> => (await call(`${producer.url}/metrics`)).text;
  await until(async () =>
    /bpsc_witness_failures_total\{witness="w1",reason="unreachable"\} [1-9]/.test(await metrics()),
  );
  expect(await metrics()).toContain('bpsc_witness_lag_entries{chain="aka",witness="w1"} 1');
});

it('the route takes any type, name and page without a token, and no other method', async () => {
  const folder = temporaryFolder();
  const log = new TestLog('example.com/log', 7);
  const logs = path.join(folder, 'logs');
  writeFileSync(logs, formatVerifierKey(log.key));
  const env = witnessEnv(folder, 'w', { WITNESS_LOGS: logs, API_TOKEN: 'a-token-of-the-node' });
  const { url } = await startNode(followerIn(folder, 'http://127.0.0.1:1', env));
  const first = await ask(url, log.request(0, 1));
  expect([first.status, first.text]).toEqual([200, expect.stringMatching(/^— w\.example\/1 [^ ]+\n$/)]);
  let size = 1;
  for (const type of [
    'application/json',
    'application/octet-stream',
    'text/x; charset=latin1',
    'nonsense',
    '',
  ]) {
    const headers = { 'content-type': type, origin: 'http://elsewhere.example' };
    expect([type, (await ask(url, log.request(size, ++size), headers)).status]).toEqual([type, 200]);
  }
  const conflict = await ask(url, log.request(0, 2));
  expect([conflict.status, conflict.headers.get('content-type'), conflict.text]).toEqual([
    409,
    'text/x.tlog.size',
    `${size}\n`,
  ]);
  expect((await ask(url, 'nonsense')).status).toBe(400);
  expect((await ask(url, new TestLog('example.com/other', 8).request(0, 1))).status).toBe(404);
  expect((await ask(url, 'x'.repeat(70_000))).status).toBe(413);
  expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
  // Everything else still needs the token.
  expect((await call(`${url}/nodes/register`, { nodes: ['127.0.0.1:1'] })).status).toBe(401);
});

it('a witness that is killed at any moment has stored whatever it cosigned', async () => {
  const folder = temporaryFolder();
  const all = Array.from({ length: 8 }, (_, n) => new TestLog(`example.com/log-${n}`, 100 + n));
  const logs = path.join(folder, 'logs');
  writeFileSync(logs, all.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''));
  const env = followerIn(folder, 'http://127.0.0.1:1', witnessEnv(folder, 'w', { WITNESS_LOGS: logs }));
  const last = all.map(() => 0);
  for (let kills = 0; kills < 4; kills++) {
    const { url, stop } = await startNode(env);
    const acknowledged = [...last];
    const sizes = await Promise.all(
      all.map(async (log, n) => {
        // What the last process stored without an answer.
        const told = await ask(url, log.request(0, last[n] === 0 ? 1 : (last[n] as number)));
        const size = told.status === 409 ? Number(told.text) : 1;
        expect([size >= (last[n] as number), size <= (last[n] as number) + 1]).toEqual([true, true]);
        return size;
      }),
    );
    let left = 40 + 10 * kills;
    let reached: () => void = () => undefined;
    const enough = new Promise<void>((resolve) => (reached = resolve));
    const work = all.map(async (log, n) => {
      for (let next = (sizes[n] as number) + 1; ; next++) {
        const answer = await ask(url, log.request(next - 1, next)).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(200);
        acknowledged[n] = next;
        if (--left === 0) reached();
      }
    });
    await enough;
    await stop('SIGKILL');
    await Promise.all(work);
    for (const [n, size] of acknowledged.entries()) last[n] = Math.max(size, last[n] as number);
  }
  const { url } = await startNode(env);
  expect(Math.min(...last)).toBeGreaterThan(1);
  for (const [n, log] of all.entries()) {
    const smaller = await ask(url, log.request((last[n] as number) - 2, (last[n] as number) - 1));
    expect(smaller.status).toBe(409);
    expect(Number(smaller.text)).toBeGreaterThanOrEqual(last[n] as number);
  }
});

it('a witness on an older copy of its database cosigns nothing below what another node has of it', async () => {
  const folder = temporaryFolder();
  const unknown = await startNode(producerIn(folder));
  const env = followerIn(folder, unknown.url, witnessEnv(folder, 'w'));
  const before = await startNode(env);
  const policy = path.join(folder, 'policy');
  writeFileSync(policy, `witness w ${await identity(before)} ${before.url}\nquorum w\n`);
  const { port: witnessPort } = new URL(before.url);
  const { port } = new URL(unknown.url);
  await unknown.stop();
  const producer = await startNode(producerIn(folder, { WITNESSES: policy, PORT: port }));
  await transfer(producer, 'a');
  await seal(producer);
  await until(async () => (await aka(producer)).witnessed_size === 1);
  await before.stop();
  const [database, backup] = [path.join(folder, 'w.db'), path.join(folder, 'backup.db')];
  copyFileSync(database, backup);
  const during = await startNode({ ...env, PORT: witnessPort });
  for (const nonce of ['b', 'c']) {
    await transfer(producer, nonce);
    await seal(producer);
  }
  await until(async () => (await aka(producer)).witnessed_size === 3);
  await during.stop();
  copyFileSync(backup, database);
  const restored = await startNode({ ...env, PORT: '0' });
  await until(() => restored.output().includes('the database is an older copy of itself'));
  const { id } = await aka(producer);
  const checkpoint = (await call(`${producer.url}/tlog/${id}/checkpoint`)).text;
  const answer = await ask(restored.url, `old 1\n\n${checkpoint}`);
  expect([answer.status, answer.text]).toEqual([409, '3\n']);
});
