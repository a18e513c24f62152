import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { KnownNodes } from './known-nodes.js';
import { NetworkView, NetworkViewOptions } from './network-view.js';

let http: TestHttp;
beforeEach(async () => {
  http = await startTestHttp();
});
afterEach(() => http.close());
afterAll(removeTemporary);

const MAX = 40;

class FewNodes extends KnownNodes {
  protected override readonly max = MAX;
}

/** With a view for which the addresses here are public ones, so that a closed port is reported at once. */
function knownNodes(): KnownNodes {
  const { store, storage } = http.producer;
  const options = { ...new NetworkViewOptions(), askedMax: 10, probe: { isPublic: () => true } };
  return new FewNodes(storage.nodes, new NetworkView(storage.nodes, store, http.info, options, SYSTEM_CLOCK));
}

const closed = (n: number): string => `http://127.0.0.1:1/${String(n).padStart(3, '0')}`;
const junk = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => closed(from + n));

async function startNode(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_request, response) => response.end('{"role":"follower","chains":[]}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

test('the list ends, and the oldest that don’t answer make room', async () => {
  const node = await startNode();
  const known = knownNodes();
  await known.register([closed(0), node.url, closed(1)], 1);
  await known.register(junk(2, MAX - 1), 2);
  const urls = async (): Promise<string[]> => (await known.all()).map(({ url }) => url);
  expect(await urls()).toEqual([...junk(0, 2), node.url, ...junk(2, MAX - 1)].sort(byAge));

  // Again and again, the next at once: what answers stays, what was known longest goes.
  for (const from of [100, 110, 120]) await known.register(junk(from, from + 10), from);
  expect(await urls()).toEqual([node.url, ...junk(30, MAX - 1), ...junk(100, 130)]);
  node.close();

  function byAge(a: string, b: string): number {
    const isOld = (url: string): number => Number([closed(0), closed(1), node.url].includes(url));
    return isOld(b) - isOld(a) || (a < b ? -1 : 1);
  }
});

test('nodes that are known already need no room', async () => {
  const known = knownNodes();
  await known.register(junk(0, MAX), 1);
  expect((await known.register(junk(0, 10), 2)).map(({ url }) => url)).toEqual(junk(0, MAX));
});

test('nodes that answer are not pushed out: what is new is refused, and nothing is changed', async () => {
  const node = await startNode();
  const known = knownNodes();
  const live = Array.from({ length: MAX - 1 }, (_, n) => `${node.url}/${n}`);
  await known.register([...live, closed(0)], 1);
  const before = await known.all();
  await expect(known.register([closed(1), closed(2)], 2)).rejects.toThrow(
    `nodes would make more than ${MAX} known nodes: remove some with DELETE /nodes`,
  );
  expect(await known.all()).toEqual(before);
  const after = (await known.register([closed(1)], 2)).map(({ url }) => url);
  expect([after.includes(closed(0)), after.includes(closed(1)), after.length]).toEqual([false, true, MAX]);
  node.close();
});

describe('DELETE /nodes', () => {
  const ask = async (method: 'POST' | 'DELETE', url: string, nodes: unknown) => {
    const answer = await http.app.inject({ method, url, payload: { nodes } });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };

  test('takes nodes off the list, however they are written, and passes over others', async () => {
    await ask('POST', '/nodes/register', ['http://a:1', 'b:2', 'c:3']);
    expect(await ask('DELETE', '/nodes', ['HTTP://B:2/', 'a:1', 'd:4', 'a:1'])).toEqual({
      status: 200,
      body: {
        message: 'Nodes have been removed',
        removed: ['http://b:2', 'http://a:1'],
        total_nodes: ['http://c:3'],
      },
    });
    expect((await http.app.inject({ url: '/nodes' })).json()).toMatchObject({
      nodes: [{ url: 'http://c:3' }],
    });
    expect(await ask('DELETE', '/nodes', ['a:1'])).toMatchObject({ status: 200, body: { removed: [] } });
  });

  test.each<[string, unknown, string]>([
    ['no list', 'a:1', 'nodes'],
    ['an empty list', [], 'nodes'],
    ['no URL', ['a:1', 'ftp://b'], 'nodes[1]'],
  ])('refuses %s, and changes nothing', async (_what, nodes, field) => {
    await ask('POST', '/nodes/register', ['a:1']);
    expect(await ask('DELETE', '/nodes', nodes)).toMatchObject({
      status: 400,
      body: { errors: [{ field }] },
    });
    expect((await http.app.inject({ url: '/nodes' })).json()).toMatchObject({
      nodes: [{ url: 'http://a:1' }],
    });
  });

  test('needs a body', async () => {
    const answer = await http.app.inject({ method: 'DELETE', url: '/nodes' });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ field: 'nodes' }] });
  });
});

test('with a token, removing needs it as registering does', async () => {
  const guarded = await startTestHttp({ config: { apiToken: 'correct horse' } });
  const request = { method: 'DELETE', url: '/nodes', payload: { nodes: ['a:1'] } } as const;
  expect((await guarded.app.inject(request)).statusCode).toBe(401);
  const headers = { authorization: 'Bearer correct horse' };
  expect((await guarded.app.inject({ ...request, headers })).statusCode).toBe(200);
  await guarded.close();
});
