/** A follower process against an upstream that lies: a proxy that changes what a real producer says. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';

type Change = (path: string, text: string) => string;

let producer: NodeProcess;
let proxy: Server;
let change: Change = (_path, text) => text;
let proxyUrl: string;
let follower: NodeProcess;
const folder = temporaryFolder();
const env = (): Record<string, string> => ({
  ...followerIn(folder, proxyUrl),
  DATABASE_URL: `file:${folder}/follower.db`,
});

const bodyOf = (amount: string): object => ({ sender: 'alice', recipient: 'bob', amount });
const lengthOf = async ({ url }: NodeProcess): Promise<unknown> =>
  (await call(`${url}/chain?limit=1`)).body.length;
const faultsOf = async ({ url }: NodeProcess): Promise<Record<string, unknown>[]> =>
  (await call(`${url}/faults`)).body.faults as Record<string, unknown>[];

beforeAll(async () => {
  producer = await startNode(producerIn(folder));
  proxy = createServer((request, response) => {
    void call(`${producer.url}${request.url ?? '/'}`, undefined, {
      headers: { accept: request.headers.accept ?? '*/*' },
    }).then(
      ({ status, headers, text }) => {
        response.writeHead(status, { 'content-type': headers.get('content-type') ?? 'text/plain' });
        response.end(change(request.url ?? '/', text));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await call(`${producer.url}/transactions/new`, bodyOf('1'));
  await call(`${producer.url}/mine`);
  follower = await startNode(env());
  await until(async () => (await lengthOf(follower)) === 2);
});
afterAll(async () => {
  proxy.close();
  await killNodes();
  removeTemporary();
});

it('is caught, not followed, and reported; the last good state stays available, and followed again after a restart', async () => {
  change = (path, text) =>
    path.includes('/blocks?') ? text.replace('"amount_receive":"1.9999', '"amount_receive":"2.9999') : text;
  await call(`${producer.url}/transactions/new`, bodyOf('2'));
  await call(`${producer.url}/mine`);
  await until(async () => (await faultsOf(follower)).length > 0);

  expect(await faultsOf(follower)).toMatchObject([
    {
      fault: 'ENTRY_ID_MISMATCH',
      chain: 'aka',
      index: 3,
      upstream: proxyUrl,
      times: 1,
      evidence: expect.stringContaining('2.9999'),
    },
  ]);
  expect(await lengthOf(follower)).toBe(2);
  const ready = await call(`${follower.url}/health/ready`);
  expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('ENTRY_ID_MISMATCH')]);
  expect((await call(`${follower.url}/health/live`)).status).toBe(200);
  expect((await call(`${follower.url}/metrics`)).text).toMatch(
    /bpsc_faults_total\{[^}]*code="ENTRY_ID_MISMATCH"[^}]*\} 1/,
  );
  expect(follower.output()).toContain('ENTRY_ID_MISMATCH');
  expect((await call(`${follower.url}/smart/chain`)).body).toMatchObject({
    message: 'Unsuccessful: Please try again',
    reason: expect.stringContaining('is at fault: ENTRY_ID_MISMATCH: block 3'),
    length: 2,
  });

  // The other chain is followed on.
  await call(`${producer.url}/information/mine`, '');
  await until(async () => (await call(`${follower.url}/chain2?limit=1`)).body.length === 2);

  // An honest upstream changes nothing for this process; the operator's restart does.
  change = (_path, text) => text;
  expect((await call(`${follower.url}/smart/chain`)).status).toBe(502);
  await follower.stop();
  follower = await startNode(env());
  await until(async () => (await lengthOf(follower)) === 3);
  expect((await call(`${follower.url}/health/ready`)).status).toBe(200);
  expect(await faultsOf(follower)).toHaveLength(1);
});

it('is never followed when it was started from scratch', async () => {
  const fresh = await startNode(producerIn(temporaryFolder()));
  const honest = producer;
  producer = fresh;
  try {
    await until(async () => (await faultsOf(follower)).some(({ fault }) => fault === 'CHAIN_MISMATCH'));
    expect(await lengthOf(follower)).toBe(3);
    expect((await call(`${follower.url}/health/ready`)).status).toBe(503);
  } finally {
    producer = honest;
    await fresh.stop();
  }
});

it('is never followed at all by a node that pins another chain', async () => {
  const pinned = await startNode(followerIn(temporaryFolder(), producer.url, { CHAIN_ID: 'ab'.repeat(32) }));
  await until(async () => (await faultsOf(pinned)).length > 0);
  expect(await faultsOf(pinned)).toMatchObject([{ fault: 'CHAIN_MISMATCH' }]);
  expect((await call(`${pinned.url}/chain`)).status).toBe(503);
  expect((await call(`${pinned.url}/smart/chain`)).body).toEqual({
    message: 'Unsuccessful: Please try again',
    reason: expect.stringMatching(/is at fault: CHAIN_MISMATCH: /),
    'old chain': [],
    length: 0,
  });
  await pinned.stop();
});
