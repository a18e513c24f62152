import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { ChainBuilder, OTHER_PRODUCER } from '../../../test/support/chain-builder.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import type { NodeInfo } from '../../ledger/node-info.js';
import type { KnownNode } from '../../ledger/store.js';
import type { NetworkDto, NetworkNodeDto } from '../dto/network.dto.js';
import { NetworkView, NetworkViewOptions } from './network-view.js';

let http: TestHttp;
let chains: { id: string; head: Record<string, unknown> }[];
const servers: Server[] = [];
const asked: string[] = [];

/** What another node says; by default what this node itself would. */
type Say = (path: string) => { status?: number; headers?: Record<string, string>; body: string } | undefined;

beforeAll(async () => {
  http = await startTestHttp();
  const { producer } = http;
  for (let n = 0; n < 3; n++) {
    await producer.transfer({});
    await producer.token.seal();
  }
  ({ chains } = await own<{ chains: typeof chains }>('/chains'));
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await http.close();
  removeTemporary();
});
beforeEach(() => asked.splice(0));

async function own<T>(url: string): Promise<T> {
  return (await http.app.inject({ url })).json();
}

async function startOther(say: Say): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = say(request.url ?? '/');
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function viewOf(urls: readonly string[], options: Partial<NetworkViewOptions> = {}): NetworkView {
  const all = async (): Promise<readonly KnownNode[]> => urls.map((url) => ({ url, registeredAt: 0 }));
  const registry = { all, register: jest.fn(), remove: jest.fn() };
  const given = { ...new NetworkViewOptions(), ...options };
  return new NetworkView(registry, http.producer.store, http.info, given, SYSTEM_CLOCK);
}

/** Asks again, with these nodes registered and no others; they count as public ones. */
async function look(
  urls: readonly string[],
  options: Partial<NetworkViewOptions> = {},
): Promise<readonly NetworkNodeDto[]> {
  const view = viewOf(urls, { probe: { isPublic: () => true }, ...options });
  return (await view.look()).nodes;
}

const saying =
  (body: unknown): Say =>
  () => ({ body: JSON.stringify(body) });
const chainsWith = (change: (head: Record<string, unknown>) => object): object => ({
  role: 'follower',
  chains: chains.map((chain) => ({ ...chain, head: { ...chain.head, ...change(chain.head) } })),
});

test('a node with the same head agrees', async () => {
  const url = await startOther(saying({ role: 'follower', chains }));
  const [node] = await look([url]);
  expect(node).toMatchObject({ url, source: 'registered', state: 'answered', role: 'follower' });
  const hash = chains[0]?.head.hash;
  expect(node?.chains[0]).toEqual({
    name: 'aka',
    kind: 'token',
    index: 4,
    hash,
    timestamp: chains[0]?.head.timestamp,
    signed: true,
    behind: 0,
    agreement: 'agrees',
    compared_at: 4,
    their_hash: hash,
    our_hash: hash,
  });
  expect(asked).toEqual(['GET /chains']);
});

test('a node that is behind is compared at its head', async () => {
  const { headers } = await own<{ headers: object[] }>('/chains/aka/headers');
  const [token, information] = chains;
  const url = await startOther(
    saying({ role: 'follower', chains: [{ ...token, head: headers[1] }, information] }),
  );
  const [node] = await look([url]);
  expect(node?.chains[0]).toMatchObject({ index: 2, behind: 2, agreement: 'agrees', compared_at: 2 });
});

describe('a node that is ahead', () => {
  const ahead = (page: unknown): Promise<string> =>
    startOther((path) =>
      path === '/chains'
        ? { body: JSON.stringify(chainsWith(({ index }) => ({ index: Number(index) + 5 }))) }
        : { body: typeof page === 'string' ? page : JSON.stringify(page) },
    );

  test('is asked for the header at our head, not for the block', async () => {
    const [node] = await look([await ahead({ headers: [chains[0]?.head] })]);
    expect(node?.chains[0]).toMatchObject({ behind: -5, agreement: 'agrees', compared_at: 4, signed: false });
    expect(asked).toContain('GET /chains/aka/headers?from=4&limit=1');
  });

  test('disagrees where it has another block there', async () => {
    const [node] = await look([await ahead({ headers: [{ index: 4, hash: 'ab'.repeat(32) }] })]);
    expect(node?.chains[0]).toMatchObject({ agreement: 'disagrees', their_hash: 'ab'.repeat(32) });
  });

  test('is not judged where it doesn’t say', async () => {
    const hash = 'ab'.repeat(32);
    for (const page of [
      '',
      'null',
      {},
      { headers: [] },
      { headers: [null] },
      { headers: {} },
      { headers: [{ index: 4, hash: 7 }] },
      { headers: [{ index: 5, hash }] },
    ]) {
      const [node] = await look([await ahead(page)]);
      expect(node?.chains[0]).toMatchObject({ agreement: 'unknown', their_hash: null });
    }
  });
});

test('another block of the same index is a disagreement, and says whether the producer signed it', async () => {
  const url = await startOther(saying(chainsWith(() => ({ hash: 'ab'.repeat(32) }))));
  const [node] = await look([url]);
  expect(node?.chains[0]).toMatchObject({
    agreement: 'disagrees',
    compared_at: 4,
    their_hash: 'ab'.repeat(32),
    our_hash: chains[0]?.head.hash,
    signed: false,
  });
});

test('another contract is another chain', async () => {
  const chain = ChainBuilder.token({ producer: OTHER_PRODUCER.publicKey });
  const { transactions: _transactions, ...head } = chain.head;
  const item = { name: 'aka', kind: 'token', id: chain.chain, contract: chain.contract, head };
  const [node] = await look([await startOther(saying({ role: 'producer', chains: [item] }))]);
  expect(node).toMatchObject({ role: 'producer', chains: [{ agreement: 'other_chain', compared_at: null }] });
});

/** Asks again, as a node that follows this upstream and knows no other. */
async function lookAtUpstream(url: string, known: object): Promise<NetworkNodeDto | undefined> {
  const described = Object.entries({ upstream: url, ...known }).map(([name, value]) => [name, { value }]);
  const info = Object.create(http.info, Object.fromEntries(described) as PropertyDescriptorMap) as NodeInfo;
  const registry = { all: async () => [], register: jest.fn(), remove: jest.fn() };
  const view = new NetworkView(registry, http.producer.store, info, new NetworkViewOptions(), SYSTEM_CLOCK);
  return (await view.look()).nodes[0];
}

test('an upstream that was caught at a fault agrees with nothing, whatever it shows now', async () => {
  const url = await startOther(saying({ role: 'producer', chains }));
  const faultOf = (chain: string): string | undefined =>
    chain === chains[0]?.id ? 'BAD_SIGNATURE' : undefined;
  const node = await lookAtUpstream(url, { faultOf });
  expect(node?.chains.map(({ agreement }) => agreement)).toEqual(['at_fault', 'agrees']);
});

test('of an upstream that is away says since when', async () => {
  const node = await lookAtUpstream('http://127.0.0.1:1', { unreachableSince: () => 5 });
  expect(node).toMatchObject({ state: 'unreachable', unreachable_since: 5 });
});

test('the upstream comes first, and once', async () => {
  const url = await startOther(saying({ role: 'producer', chains: [] }));
  Object.assign(http.info, { upstream: url });
  const nodes = await look([url]);
  Object.assign(http.info, { upstream: undefined });
  expect(nodes).toMatchObject([{ url, source: 'upstream', role: 'producer', chains: [] }]);
});

describe('an address without a node is shown as such, but not the reason', () => {
  test.each<[string, string, Say]>([
    ['nothing but 500', 'not_a_node', () => ({ status: 500, body: '{}' })],
    ['a page', 'not_a_node', () => ({ body: '<html>' })],
    ['another JSON', 'not_a_node', saying({ hello: 'world' })],
    ['two megabytes', 'not_a_node', () => ({ body: `{"a":"${'a'.repeat(2_000_000)}"}` })],
    ['nothing at all', 'unreachable', () => undefined],
  ])('%s', async (_what, state, say) => {
    const [node] = await look([await startOther(say)]);
    expect(node).toEqual({
      url: expect.any(String),
      source: 'registered',
      state,
      role: null,
      answered_in_ms: null,
      chains: [],
    });
  });

  test('a redirection is not followed', async () => {
    const elsewhere = await startOther(saying({ role: 'follower', chains }));
    const url = await startOther(() => ({
      status: 302,
      headers: { location: `${elsewhere}/chains` },
      body: '',
    }));
    expect(await look([url])).toMatchObject([{ state: 'not_a_node' }]);
    expect(asked).toEqual(['GET /chains']);
  });

  test('a closed port', async () => {
    expect(await look(['http://127.0.0.1:1'])).toMatchObject([{ state: 'unreachable' }]);
  });
});

describe('at an address that strangers can’t reach', () => {
  const TIMEOUT_MS = 100;
  /** The answer, and whether it came before the time was over. */
  async function lookInside(url: string, options: Partial<NetworkViewOptions> = {}): Promise<unknown[]> {
    const startedAt = performance.now();
    const [node] = (await viewOf([url], { timeoutMs: TIMEOUT_MS, ...options }).look()).nodes;
    // Timers may be a millisecond early.
    return [{ ...node, url: '' }, performance.now() - startedAt < TIMEOUT_MS - 2];
  }
  const HIDDEN = [
    { url: '', source: 'registered', state: 'unreachable', role: null, answered_in_ms: null, chains: [] },
    false,
  ];

  test('a closed port, an open one, a page and silence are all alike, in what is said and when', async () => {
    const page = await startOther(() => ({ body: '<html>' }));
    const redirection = await startOther(() => ({ status: 302, headers: { location: page }, body: '' }));
    const banner = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => banner.listen(0, '127.0.0.1', resolve));
    const { port } = banner.address() as AddressInfo;
    const silent = await startOther(() => undefined);
    for (const url of [page, redirection, `http://127.0.0.1:${port}`, silent, 'http://127.0.0.1:1']) {
      expect([url, ...(await lookInside(url))]).toEqual([url, ...HIDDEN]);
      const named = url.replace('127.0.0.1', 'localhost');
      expect([named, ...(await lookInside(named))]).toEqual([named, ...HIDDEN]);
      const mapped = url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
      expect([mapped, ...(await lookInside(mapped))]).toEqual([mapped, ...HIDDEN]);
    }
    banner.close();
  });

  test('or behind a name that leads there, or nowhere', async () => {
    const url = (await startOther(() => ({ body: '<html>' }))).replace('127.0.0.1', 'inside.example');
    const inside = [{ address: '127.0.0.1', family: 4 }];
    const addresses = [inside, [{ address: '8.8.8.8', family: 4 }, ...inside]];
    for (const found of addresses) {
      expect(await lookInside(url, { probe: { addressesOf: async () => found } })).toEqual(HIDDEN);
    }
    const nowhere = async (): Promise<never> => Promise.reject(new Error('ENOTFOUND'));
    expect(await lookInside(url, { probe: { addressesOf: nowhere } })).toEqual(HIDDEN);
  });

  test('a name that leads elsewhere the second time is not followed', async () => {
    const url = await startOther((path) =>
      path === '/chains' ? { body: JSON.stringify(chainsWith(() => ({ index: 9 }))) } : { body: '' },
    );
    let times = 0;
    const [node] = await look([url.replace('127.0.0.1', 'moving.example')], {
      probe: {
        addressesOf: async () => [{ address: '127.0.0.1', family: 4 }],
        isPublic: () => times++ === 0,
      },
    });
    expect(node).toMatchObject({ state: 'answered', chains: [{ agreement: 'unknown' }, expect.anything()] });
    expect(asked).toEqual(['GET /chains']);
  });

  test('a node is shown as any other', async () => {
    const url = await startOther(saying({ role: 'follower', chains }));
    expect((await viewOf([url]).look()).nodes).toMatchObject([{ state: 'answered', role: 'follower' }]);
  });

  test('the difference is shown where the operator wants it', async () => {
    const url = await startOther(() => ({ body: '<html>' }));
    const shown = { ...(HIDDEN[0] as object), state: 'not_a_node' };
    expect(await lookInside(url, { reportsPrivate: true, timeoutMs: 10_000 })).toEqual([shown, true]);
  });

  test('the upstream is the operator’s own choice', async () => {
    const url = await startOther(() => ({ body: '<html>' }));
    Object.assign(http.info, { upstream: url });
    expect(await look([])).toMatchObject([{ source: 'upstream', state: 'not_a_node' }]);
    Object.assign(http.info, { upstream: undefined });
  });
});

describe('of many', () => {
  const NODES = 130;
  const placesOf = (nodes: readonly NetworkNodeDto[]): number[] =>
    nodes.flatMap(({ state }, place) => (state === 'not_asked' ? [] : [place]));

  test('a hundred are asked at once', async () => {
    const waiting: ServerResponse[] = [];
    // Nobody is answered before the hundredth has come.
    const server = createServer((_request, response) => {
      if (waiting.push(response) === 100) for (const each of waiting) each.end('{}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const urls = Array.from({ length: NODES }, (_, n) => `http://127.0.0.1:${port}/${n}`);
    const nodes = await look(urls, { timeoutMs: 60_000 });
    expect(nodes.map(({ state }) => state)).toEqual(
      urls.map((_, n) => (n < 100 ? 'not_a_node' : 'not_asked')),
    );
    expect(waiting).toHaveLength(100);
  });

  test('those that answer are asked each time, and nobody is left out forever', async () => {
    const url = await startOther(saying({ role: 'follower', chains: [] }));
    const urls = Array.from({ length: NODES }, (_, n) => (n % 2 === 0 ? url : 'http://127.0.0.1:1'));
    const view = viewOf(
      urls.map((base, n) => `${base}/${n}`),
      { probe: { isPublic: () => true } },
    );
    const first = placesOf((await view.lookAgain()).nodes);
    expect(first).toEqual(Array.from({ length: 100 }, (_, n) => n));
    const second = placesOf((await view.lookAgain()).nodes);
    expect(second).toEqual(expect.arrayContaining(Array.from({ length: 30 }, (_, n) => 100 + n)));
    expect(second).toEqual(expect.arrayContaining(Array.from({ length: 50 }, (_, n) => 2 * n)));
  });
});

test('many who look share one look, for two seconds', async () => {
  const url = await startOther(saying({ role: 'follower', chains }));
  await http.app.inject({ method: 'POST', url: '/nodes/register', payload: { nodes: [url] } });
  const answers = await Promise.all(Array.from({ length: 5 }, () => own<NetworkDto>('/network')));
  expect(new Set(answers.map(({ asked_at }) => asked_at)).size).toBe(1);
  expect(answers[0]?.nodes).toMatchObject([{ url, state: 'answered' }]);
  expect(asked).toEqual(['GET /chains']);
});
