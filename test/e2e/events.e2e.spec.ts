/** Live events of real nodes: nothing is missed, nothing waits for a listener, and a follower is notified of a block at once. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { ChainBuilder } from '../support/chain-builder.js';
import { EventReader } from '../support/events.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';
import { checkEvents } from '../support/openapi.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { TestUpstream } from '../support/test-upstream.js';

const folder = temporaryFolder();
let producer: NodeProcess;
let follower: NodeProcess;
const readers: EventReader[] = [];

const listen = async (
  node: NodeProcess,
  query = '',
  headers: Record<string, string> = {},
): Promise<EventReader> => {
  const reader = await EventReader.open(`${node.url}/events${query}`, headers);
  readers.push(reader);
  return reader;
};
const send = (sender: string, recipient: string): Promise<unknown> =>
  call(`${producer.url}/transactions/new`, { sender, recipient, amount: '1' });
const mine = async (): Promise<number> => (await call(`${producer.url}/mine`)).body.index as number;
const indexes = (reader: EventReader): unknown[] =>
  reader.of('block').map(({ data }) => (data.block as { index: number }).index);

beforeAll(async () => {
  producer = await startNode(producerIn(folder));
  // So seldom that only a push can bring a block in time.
  follower = await startNode(followerIn(folder, producer.url, { SYNC_INTERVAL_MS: '600000' }));
  await until(async () => (await call(`${follower.url}/chains`)).text.includes('"name":"aka"'));
});
afterEach(async () => {
  for (const reader of readers.splice(0)) {
    reader.close();
    await checkEvents(producer.url, reader.events);
  }
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

it('tells of what is accepted and sealed, and how the node stands', async () => {
  const reader = await listen(producer);
  await until(() => reader.of('status').length > 0);
  expect(reader.of('status')[0]?.data).toMatchObject({
    role: 'producer',
    ready: true,
    troubles: [],
    chains: [
      {
        name: 'aka',
        kind: 'token',
        head: { index: 1 },
        waiting: 0,
        next_block: { by_time_ms: null, by_count: null },
      },
      { name: 'information', kind: 'information' },
    ],
  });
  await send('alice', 'bob');
  const information = await call(`${producer.url}/information/new`, { information: { a: 1 } });
  const index = await mine();
  await until(() => reader.of('block').length > 0);
  expect(reader.of('entry')).toMatchObject([
    {
      data: { chain: 'aka', kind: 'token', entry: { sender: 'alice', status: 'pending', state: 'pending' } },
    },
    {
      data: {
        chain: 'information',
        kind: 'information',
        entry: { id: information.body.id, information: { a: 1 } },
      },
    },
  ]);
  const head = (await call(`${producer.url}/chains/aka/head`)).body;
  expect(reader.of('block')).toMatchObject([
    { id: `aka:${index};information:1`, data: { chain: 'aka', kind: 'token', block: head, entries: 1 } },
  ]);
  await until(() => reader.of('status').some(({ data }) => JSON.stringify(data).includes(String(head.hash))));
});

it('tells only what it is asked for', async () => {
  const [blocks, bobs, informed] = await Promise.all([
    listen(producer, '?types=block&chain=aka'),
    listen(producer, '?types=entry&address=dora'),
    listen(producer, '?chain=information&types=entry,block'),
  ]);
  await send('alice', 'carol');
  await send('alice', 'dora');
  await send('dora', 'alice');
  await mine();
  await call(`${producer.url}/information/mine`, {});
  await until(() => blocks.events.length > 0 && bobs.events.length > 1 && informed.events.length > 0);
  expect(blocks.events.map(({ type, data }) => [type, data.chain])).toEqual([['block', 'aka']]);
  expect(bobs.events.map(({ data }) => (data.entry as { sender: string }).sender)).toEqual(['alice', 'dora']);
  expect(informed.events.map(({ type, data }) => [type, data.chain])).toEqual([['block', 'information']]);
});

it.each([
  ['?types=blocks', 'types must be any of entry, block, witnessed, fault, status'],
  ['?address=', 'address must be'],
  ['?chain=AKA', 'chain must be the name of a chain'],
  ['?other=1', 'other is not a field'],
])('refuses %s', async (query, detail) => {
  const answer = await call(`${producer.url}/events${query}`);
  expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
  expect(answer.body.detail).toContain(detail);
});

it('refuses a chain and a place that it does not know', async () => {
  expect((await call(`${producer.url}/events?chain=other`)).status).toBe(404);
  for (const id of ['12', 'aka', 'aka:-1', 'aka:1;;', 'AKA:1']) {
    const answer = await call(`${producer.url}/events`, undefined, { headers: { 'last-event-id': id } });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(answer.body.detail).toContain('Last-Event-ID must be the id of an event');
  }
});

it('sends everything that was missed, to a client that says where it stopped', async () => {
  const first = await listen(producer, '?types=block');
  const from = await mine();
  await until(() => first.events.length === 1);
  const { id = '' } = first.events[0] ?? {};
  first.close();
  const missed = [await mine(), await mine(), await mine()];
  await call(`${producer.url}/information/mine`, {});
  const again = await listen(producer, '?types=block', { 'last-event-id': id });
  await until(() => again.events.length === 4);
  const next = await mine();
  await until(() => again.events.length === 5);
  expect(
    again.events
      .filter(({ data }) => data.chain === 'aka')
      .map(({ data }) => (data.block as { index: number }).index),
  ).toEqual([...missed, next]);
  expect(missed[0]).toBe(from + 1);
  // The short form of a place names one chain alone: the other one begins now.
  const short = await listen(producer, '?types=block', { 'last-event-id': `aka:${from}` });
  await until(() => short.events.length === 4);
  expect(new Set(short.events.map(({ data }) => data.chain))).toEqual(new Set(['aka']));
});

it('starts over for a place that is none of this chain, rather than with an error that ends a browser', async () => {
  for (const id of ['other:3', 'aka:999999;information:999999']) {
    const reader = await listen(producer, '?types=block', { 'last-event-id': id });
    const index = await mine();
    await until(() => reader.events.length > 0);
    expect(indexes(reader)).toEqual([index]);
  }
});

it('tells who is far behind to page', async () => {
  const head = async (): Promise<number> =>
    (await call(`${producer.url}/chains/aka/head`)).body.index as number;
  while ((await head()) < 505) await Promise.all(Array.from({ length: 50 }, mine));
  const reader = await listen(producer, '?types=block&chain=aka', { 'last-event-id': 'aka:1' });
  await until(() => reader.events.length > 0);
  const last = await head();
  expect(reader.events).toMatchObject([
    { type: 'gap', id: expect.stringMatching(`^aka:${last}`), data: { chain: 'aka', from: 2, to: last } },
  ]);
  const near = await listen(producer, '?types=block&chain=aka', { 'last-event-id': `aka:${last - 500}` });
  await until(() => near.events.length === 500);
  expect(indexes(near)).toEqual(Array.from({ length: 500 }, (_, i) => last - 499 + i));
});

it('makes a follower pull at once, and the follower tells its own listeners', async () => {
  const reader = await listen(follower, '?types=block,entry');
  await until(
    async () =>
      (await call(`${follower.url}/chains/aka/head`)).body.index ===
      (await call(`${producer.url}/chains/aka/head`)).body.index,
  );
  const seen = reader.events.length;
  await send('alice', 'erin');
  const index = await mine();
  await until(() => indexes(reader).includes(index), 5000);
  const { id, data } = reader.events.slice(seen).find(({ type }) => type === 'entry') ?? {};
  expect([id, data]).toMatchObject([
    expect.stringMatching(/^aka:\d+;information:\d+$/),
    { entry: { recipient: 'erin', status: 'sealed', block: index } },
  ]);
  const chained = await startNode(followerIn(folder, follower.url, { SYNC_INTERVAL_MS: '600000' }));
  await until(async () => (await call(`${chained.url}/chains`)).text.includes(`"index":${index}`));
  const second = await mine();
  await until(async () => (await call(`${chained.url}/chains/aka/head`)).body.index === second, 5000);
  await chained.stop('SIGKILL');
});

it('tells of an upstream that is at fault', async () => {
  const token = ChainBuilder.token();
  const upstream = await TestUpstream.start([token, ChainBuilder.information()]);
  const victim = await startNode(followerIn(folder, upstream.url));
  await until(async () => (await call(`${victim.url}/health/ready`)).status === 200);
  const reader = await listen(victim);
  token.blocks.push(token.forge([token.transfer()], { tamper: (block) => (block.hash = 'ab'.repeat(32)) }));
  await until(() => reader.of('fault').length > 0);
  expect(reader.of('fault')[0]?.data).toMatchObject({
    fault: 'HASH_MISMATCH',
    chain: 'aka',
    index: 2,
    upstream: upstream.url,
  });
  await until(() => reader.of('status').some(({ data }) => data.ready === false));
  await victim.stop('SIGKILL');
  await upstream.close();
});

it('drops a listener that does not read, and goes on', async () => {
  const { port } = new URL(producer.url);
  const socket = connect(Number(port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.write('GET /events?types=entry&address=flood HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => socket.once('readable', resolve));
  socket.pause();
  const memo = 'x'.repeat(256);
  const flood = Array.from({ length: 5000 }, () => ({ sender: 'flood', recipient: 'y', amount: '1', memo }));
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  for (let i = 0; i < 6; i++) {
    expect((await call(`${producer.url}/transactions/batch`, { transactions: flood })).status).toBe(201);
  }
  socket.resume();
  await until(() => isClosed);
  expect((await call(`${producer.url}/health/live`)).status).toBe(200);
});

describe('bpsc watch', () => {
  const watch = (
    url: string,
    ...args: string[]
  ): { lines: () => string[]; end: () => Promise<number | null> } => {
    const child = spawn(process.execPath, ['dist/cli/main.js', 'watch', url, ...args]);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (text += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return {
      lines: () => text.split('\n').filter((line) => line !== ''),
      end: () => (child.kill('SIGINT'), ended),
    };
  };

  it('prints what happens, one a line', async () => {
    const watched = watch(producer.url, '--chain', 'aka');
    await until(async () => {
      await send('watched', 'bob');
      return watched.lines().length > 0;
    });
    const index = await mine();
    await until(() => watched.lines().some((line) => line.includes('block')));
    expect(watched.lines()[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\S+Z {2}entry {3}aka {2}transfer 1: watched → bob {2}pending/,
    );
    expect(watched.lines().at(-1)).toMatch(
      new RegExp(`Z {2}block {3}aka ${index} {2}[\\d,]+ entr(y|ies) {2}hash [0-9a-f]{12}$`),
    );
    expect(await watched.end()).toBe(130);
  });

  it('goes on where it was when the node comes back', async () => {
    const own = temporaryFolder();
    const first = await startNode(producerIn(own));
    const watched = watch(first.url, '--types', 'block', '--from', 'aka:1', '--json');
    await call(`${first.url}/mine`);
    await until(() => watched.lines().length === 1);
    await first.stop('SIGKILL');
    await until(() => watched.lines().some((line) => line.endsWith('; trying again')));
    const second = await startNode(producerIn(own, { PORT: new URL(first.url).port }));
    await call(`${second.url}/mine`);
    await until(() => watched.lines().filter((line) => line.startsWith('{')).length === 2);
    const blocks = watched
      .lines()
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { id: string });
    expect(blocks.map(({ id }) => id.split(';')[0])).toEqual(['aka:2', 'aka:3']);
    await watched.end();
    await second.stop('SIGKILL');
  });

  it.each([
    [['127.0.0.1:1'], /^bpsc: http:\/\/127\.0\.0\.1:1: GET \/events/],
    [['127.0.0.1:1', '--types', 'blocks'], /It must be any of block, entry, witnessed, fault, status/],
  ])('says what is wrong: %j', async ([url = '', ...args], message) => {
    const watched = watch(url, ...args);
    await until(() => watched.lines().length > 0);
    expect(watched.lines()[0]).toMatch(message);
  });
});

it('does not keep a node from stopping', async () => {
  const reader = await listen(producer);
  const started = Date.now();
  expect(await producer.stop('SIGTERM')).toBe(0);
  expect(Date.now() - started).toBeLessThan(5000);
  await until(() => reader.ended);
});
