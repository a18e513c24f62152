import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { draftTransfer } from '../../producer/accept/drafts.js';

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests check the received JSON field by field */
type Json = any;

/** About 20 MB: several times the capacity of the socket buffers. */
const BLOCKS = 4;
const ENTRIES = 8000;

let http: TestHttp;
beforeAll(async () => {
  http = await startTestHttp();
  const { token, tokenContract } = http.producer;
  for (let block = 0; block < BLOCKS; block++) {
    const drafts = Array.from({ length: ENTRIES }, (_, i) =>
      draftTransfer(
        { sender: `alice-${i}`, recipient: 'bob', amount: '1', nonce: `b${block}`, memo: 'm'.repeat(256) },
        tokenContract,
      ),
    );
    await token.submit(drafts);
    await token.seal();
  }
  await http.app.listen(0, '127.0.0.1');
}, 120_000);
afterAll(async () => {
  await http.close();
  removeTemporary();
});

function open(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  const { port } = http.app.getHttpServer().address() as AddressInfo;
  return new Promise((resolve, reject) => {
    // A connection for each request: what one test leaves half read must not affect the next.
    request({ port, path, headers, method, agent: false }, resolve).on('error', reject).end();
  });
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = http.app.getHttpServer();
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** The response to the next request. */
async function nextResponse(): Promise<ServerResponse> {
  const [, response] = (await once(http.app.getHttpServer(), 'request')) as [unknown, ServerResponse];
  return response;
}

/** Waits until `condition` holds and a hundred turns of the event loop have read nothing more. */
async function standstill(condition: () => boolean, { mock }: jest.SpyInstance): Promise<void> {
  let last = 0;
  for (let quiet = 0; quiet < 100; quiet++) {
    await turn();
    if (!condition() || mock.calls.length !== last) quiet = 0;
    last = mock.calls.length;
  }
}

const reads = (): jest.SpyInstance => jest.spyOn(http.producer.tokenStore, 'entriesOnWire');
const ALL_READS = (BLOCKS * ENTRIES) / 500;

test('a whole chain arrives in pieces, complete', async () => {
  const answer = await open('/chain');
  expect(answer.headers['transfer-encoding']).toBe('chunked');
  const { chain, length } = JSON.parse(await text(answer));
  expect(length).toBe(BLOCKS + 1);
  expect(chain.map((block: Json) => block.transactions.length)).toEqual([
    0,
    ...Array<number>(BLOCKS).fill(ENTRIES),
  ]);
});

test('a chain is read no faster than the client reads it, and only while the client is connected', async () => {
  const spy = reads();
  const sending = nextResponse();
  const answer = await open('/chain');
  const response = await sending;
  // The client reads nothing: either the sockets are full, or the whole chain was read regardless.
  await standstill(() => response.writableNeedDrain || spy.mock.calls.length === ALL_READS, spy);
  const ahead = spy.mock.calls.length;
  expect(ahead).toBeGreaterThan(0);
  expect(ahead).toBeLessThan(ALL_READS / 2);
  const closed = once(response, 'close');
  answer.destroy();
  await closed;
  await standstill(() => true, spy);
  expect(spy.mock.calls.length).toBeLessThanOrEqual(ahead + 1);
  spy.mockRestore();
});

test('compression does not wait for the end of the stream', async () => {
  const spy = reads();
  const answer = await open('/chain', { 'accept-encoding': 'gzip' });
  expect(answer.headers['content-encoding']).toBe('gzip');
  const body = answer.pipe(createGunzip());
  await new Promise((resolve) => body.once('data', resolve));
  expect(spy.mock.calls.length).toBeLessThan(ALL_READS);
  body.resume();
  await new Promise((resolve) => body.once('end', resolve));
  expect(spy.mock.calls.length).toBe(ALL_READS);
  spy.mockRestore();
});

test('other requests are served meanwhile', async () => {
  const answer = await open('/chain');
  const whole = text(answer);
  let turns = 0;
  const state = { done: false };
  void whole.then(() => (state.done = true));
  while (!state.done) {
    await text(await open('/health/live'));
    turns++;
  }
  expect(turns).toBeGreaterThan(3);
});

test('a turn of the event loop handles only a few pieces, however many clients read', async () => {
  const spy = reads();
  const readers = await Promise.all(Array.from({ length: 40 }, () => open('/chain')));
  let most = 0;
  for (let before = spy.mock.calls.length; before < 200;) {
    await turn();
    const now = spy.mock.calls.length;
    most = Math.max(most, now - before);
    before = now;
  }
  for (const reader of readers) reader.destroy();
  while ((await connections()) > 0) await turn();
  // One, or two if the turns counted here start between the scheduled ones, plus those of new responses.
  expect(most).toBeLessThanOrEqual(6);
  spy.mockRestore();
});

test('HEAD reads only the beginning of a chain', async () => {
  const spy = reads();
  const answer = await open('/chain', {}, 'HEAD');
  await text(answer);
  while ((await connections()) > 0) await turn();
  await standstill(() => true, spy);
  expect(answer.headers['content-length']).toBeUndefined();
  expect(spy.mock.calls.length).toBeLessThan(10);
  spy.mockRestore();
});

test('a page of lines ends when it gets long, and the next page continues', async () => {
  const seen: number[] = [];
  for (let from = 1; ;) {
    const answer = await open(`/chains/aka/blocks?from=${from}`, { accept: 'application/x-ndjson' });
    const page = (await text(answer)).split('\n').slice(0, -1);
    if (page.length === 0) break;
    expect(page.slice(0, -1).join('').length).toBeLessThan(8 * 1024 * 1024);
    seen.push(...page.map((line) => (JSON.parse(line) as { index: number }).index));
    from = seen.length + 1;
  }
  expect(seen).toEqual(Array.from({ length: BLOCKS + 1 }, (_, i) => i + 1));
  const first = await open('/chains/aka/blocks', { accept: 'application/x-ndjson' });
  expect((await text(first)).split('\n').length - 1).toBeLessThan(BLOCKS + 1);
});

test('a response that fails midway is aborted, not ended as if it were complete', async () => {
  const { tokenStore: store } = http.producer;
  const entries = store.entriesOnWire.bind(store);
  let calls = 0;
  const broken = jest.spyOn(store, 'entriesOnWire').mockImplementation((...args) => {
    if (++calls > 10) throw new Error('disk I/O error');
    return entries(...args);
  });
  await expect(open('/chain').then(text)).rejects.toThrow('aborted');
  broken.mockRestore();
});

test('shutdown does not wait for idle connections', async () => {
  const { app, close } = await startTestHttp();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  // fetch keeps its connection for the next request.
  await fetch(`http://127.0.0.1:${port}/health/live`).then((answer) => answer.text());
  const started = performance.now();
  await close();
  expect(performance.now() - started).toBeLessThan(5000);
});
