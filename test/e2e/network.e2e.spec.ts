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

let producer: NodeProcess;
let follower: NodeProcess;
let second: NodeProcess;
const folder = temporaryFolder();

beforeAll(async () => {
  producer = await startNode(producerIn(folder));
  [follower, second] = await Promise.all([
    startNode(followerIn(folder, producer.url)),
    startNode(followerIn(folder, producer.url)),
  ]);
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

const lengthOf = async (url: string, route: string): Promise<number> =>
  ((await call(`${url}${route}`)).body.length as number | undefined) ?? 0;
const catchUp = async (node: NodeProcess): Promise<void> => {
  for (const route of ['/chain', '/chain2']) {
    const length = await lengthOf(producer.url, route);
    await until(async () => (await lengthOf(node.url, route)) === length);
  }
};

describe('the papers’ story', () => {
  it('begins with a genesis block on each chain', async () => {
    const chain = await call(`${producer.url}/chain`);
    expect(chain.body).toMatchObject({ length: 1, chain: [{ index: 1, tree_size: 0, transactions: [] }] });
    const chain2 = await call(`${producer.url}/chain2`);
    expect(chain2.body).toMatchObject({ length: 1, chain2: [{ index: 1, index2: 1, information: [] }] });
  });

  it('takes a transaction, splits the fee, and says which block it will be in', async () => {
    const { status, body } = await call(`${producer.url}/transactions/new`, {
      sender: 'alice',
      recipient: 'bob',
      amount: 1000000,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      message: 'Transaction will be added to Block 2',
      index: 2,
      transaction: {
        amount_send: '1000000',
        amount_bpsc: '50',
        amount_receive: '999950',
        bpsc: 'bpsc_wallet_address',
      },
    });
    const pending = await call(`${producer.url}/transactions/pending`);
    expect(pending.body).toMatchObject({ total: 1, transactions: [{ sender: 'alice', block: 2 }] });
  });

  it('takes information onto a chain of its own', async () => {
    const { status, body } = await call(`${producer.url}/information/new`, {
      information: { patient: 7, 'blood type': 'A' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ message: 'information will be added to Block 2', index: 2 });
  });

  it('seals by hand, with GET as in the papers and with POST', async () => {
    const mined = await call(`${producer.url}/mine`);
    expect(mined.status).toBe(200);
    expect(mined.body).toMatchObject({
      message: 'New Block Forged',
      index: 2,
      tree_size: 1,
      transactions: [{ recipient: 'bob' }],
    });
    const empty = await call(`${producer.url}/mine`, '');
    expect(empty.body).toMatchObject({ message: 'New Block Forged', index: 3, transactions: [] });
    const information = await call(`${producer.url}/information/mine`, '');
    expect(information.status).toBe(200);
    expect(information.body).toMatchObject({
      index: 2,
      information: [{ information: { patient: 7, 'blood type': 'A' } }],
    });
  });

  it('is served by followers, byte for byte', async () => {
    await Promise.all([catchUp(follower), catchUp(second)]);
    for (const route of [
      '/chain',
      '/chain2',
      '/chains/aka/blocks',
      '/chains/information/blocks?from=2',
      '/chains/aka/blocks/2',
    ]) {
      const original = await call(`${producer.url}${route}`);
      expect(original.status).toBe(200);
      for (const { url } of [follower, second])
        expect((await call(`${url}${route}`)).text).toBe(original.text);
    }
  });

  it('is pulled on request: GET /smart/chain', async () => {
    const onProducer = await call(`${producer.url}/smart/chain`);
    expect(onProducer.body).toMatchObject({ length: 3 });
    await call(`${producer.url}/mine`);
    const { status, body } = await call(`${follower.url}/smart/chain`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ message: 'Smart chain update by bpsc', length: 4 });
    expect(body['smart chain']).toHaveLength(4);
  });

  it('shows a wallet the same on every node', async () => {
    for (const { url } of [producer, follower, second]) {
      expect((await call(`${url}/wallets/bob`)).body).toMatchObject({
        received: '999950',
        balance: '999950',
      });
      expect((await call(`${url}/wallets/alice`)).body).toMatchObject({
        sent: '1000000',
        fees_paid: '50',
        balance: '-1000000',
      });
      expect((await call(`${url}/wallets/bpsc_wallet_address`)).body).toMatchObject({ fees_collected: '50' });
    }
  });

  it('shows a transaction and a record by id, pending and then sealed', async () => {
    const { body } = await call(`${producer.url}/transactions/new`, {
      sender: 'alice',
      recipient: 'bob',
      amount: '0.5',
    });
    const { id } = body.transaction as { id: string };
    const route = `/transactions/${id}`;
    expect((await call(`${producer.url}${route}`)).body).toMatchObject({
      status: 'pending',
      block: 5,
      sequence: 1,
    });
    expect((await call(`${follower.url}${route}`)).status).toBe(404);
    await call(`${producer.url}/mine`);
    await catchUp(follower);
    for (const { url } of [producer, follower]) {
      expect((await call(`${url}${route}`)).body).toMatchObject({
        status: 'sealed',
        block: 5,
        sequence: 1,
        id,
      });
    }
    const list = await call(`${follower.url}/transactions?address=bob&limit=1`);
    expect(list.body).toMatchObject({ transactions: [{ id }] });
    const next = await call(
      `${follower.url}/transactions?address=bob&limit=1&cursor=${list.body.next_cursor as string}`,
    );
    expect(next.body).toMatchObject({ transactions: [{ amount_send: '1000000' }], next_cursor: null });
  });

  it('registers nodes for good, without duplicates', async () => {
    const nodes = [follower.url, `${second.url}/`, follower.url.replace('http://', '')];
    const { status, body } = await call(`${producer.url}/nodes/register`, { nodes });
    expect(status).toBe(201);
    expect(body).toEqual({
      message: 'New nodes have been added',
      total_nodes: [follower.url, second.url].sort(),
    });
    expect((await call(`${producer.url}/nodes`)).body.nodes).toHaveLength(2);
  });
});

describe('a follower', () => {
  it.each([
    ['POST', '/transactions/new'],
    ['POST', '/transactions/batch'],
    ['POST', '/transactions/issue'],
    ['POST', `/transactions/${'ab'.repeat(32)}/accept`],
    ['POST', `/transactions/${'ab'.repeat(32)}/decline`],
    ['POST', '/information/new'],
    ['GET', '/mine'],
    ['POST', '/mine'],
    ['POST', '/information/mine'],
    ['GET', '/transactions/pending'],
  ])('has no producer route: %s %s', async (method, route) => {
    const { status, body, headers } = await call(`${follower.url}${route}`, undefined, { method });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    expect(body.detail).toContain(producer.url);
  });

  it('serves on, ready but stale, while its producer is away, and goes on when it is back', async () => {
    const away = temporaryFolder();
    const { port } = new URL(
      (await startNode(producerIn(away)).then(async (node) => (await node.stop(), node))).url,
    );
    const env = { ...producerIn(away), PORT: port };
    const first = await startNode(env);
    const node = await startNode(followerIn(away, first.url, { SYNC_TIMEOUT_MS: '1000' }));
    await call(`${first.url}/mine`);
    await until(async () => (await lengthOf(node.url, '/chain')) === 2);
    await first.stop('SIGKILL');
    const pull = await call(`${node.url}/smart/chain`);
    expect(pull.status).toBe(502);
    expect(pull.body).toMatchObject({ message: 'Unsuccessful: Please try again', length: 2 });
    expect(pull.body['old chain']).toHaveLength(2);
    expect((await call(`${node.url}/health/ready`)).status).toBe(200);
    expect((await call(`${node.url}/faults`)).body).toMatchObject({ faults: [] });
    const again = await startNode(env);
    await call(`${again.url}/mine`);
    await until(async () => (await lengthOf(node.url, '/chain')) === 3);
    await Promise.all([node.stop(), again.stop()]);
  });

  it('follows a follower, and goes on where it was killed', async () => {
    const env = followerIn(folder, follower.url);
    const third = await startNode(env);
    await until(
      async () => (await lengthOf(third.url, '/chain')) === (await lengthOf(producer.url, '/chain')),
    );
    await third.stop('SIGKILL');
    await call(`${producer.url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: '1' });
    await call(`${producer.url}/mine`);
    await catchUp(follower);
    const again = await startNode(env);
    await until(
      async () => (await lengthOf(again.url, '/chain')) === (await lengthOf(producer.url, '/chain')),
    );
    expect((await call(`${again.url}/chain`)).text).toBe((await call(`${producer.url}/chain`)).text);
    await again.stop();
  });
});

describe('both roles', () => {
  it('are alive, ready, and measured', async () => {
    for (const { url } of [producer, follower]) {
      expect((await call(`${url}/health/live`)).status).toBe(200);
      expect((await call(`${url}/health/ready`)).status).toBe(200);
      expect((await call(`${url}/metrics`)).text).toContain('bpsc_http_request_duration_seconds');
    }
    const producerMetrics = (await call(`${producer.url}/metrics`)).text;
    for (const name of ['accepted_total', 'sealed_total']) {
      expect(producerMetrics).toMatch(new RegExp(`bpsc_entries_${name}\\{chain="aka"\\} [1-9]`));
    }
    expect(producerMetrics).toContain('bpsc_pending_entries{chain="aka"} 0');
    const followerMetrics = (await call(`${follower.url}/metrics`)).text;
    expect(followerMetrics).toContain('bpsc_sync_lag_blocks{chain="aka"} 0');
  });

  it('document every route, schema and error of theirs', async () => {
    for (const [{ url }, own, other] of [
      [producer, '/transactions/new', undefined],
      [follower, '/smart/chain', '/transactions/new'],
    ] as const) {
      const { body } = await call(`${url}/api-json`);
      const paths = body.paths as Record<
        string,
        Record<string, { responses: Record<string, { content?: unknown }> }>
      >;
      expect(Object.keys(paths)).toEqual(
        expect.arrayContaining([
          own,
          '/chain',
          '/chain2',
          '/chains',
          '/chains/{name}/blocks/{index}',
          '/faults',
          '/nodes/register',
        ]),
      );
      if (other !== undefined) expect(Object.keys(paths)).not.toContain(other);
      for (const [path, methods] of Object.entries(paths)) {
        for (const [method, { responses }] of Object.entries(methods)) {
          const good = Object.keys(responses).filter((status) => status.startsWith('2'));
          expect({ path, method, good: good.length > 0 }).toEqual({ path, method, good: true });
        }
      }
      expect((await call(`${url}/api`)).text).toContain('swagger-ui');
    }
  });

  it('stop cleanly within five seconds, with connections open', async () => {
    const idle = new AbortController();
    // A client that reads the whole chain very slowly, and keep-alive connections of the calls above.
    const slow = await fetch(`${producer.url}/chain`, { signal: idle.signal });
    const started = performance.now();
    expect(await Promise.all([second.stop('SIGINT'), producer.stop('SIGTERM')])).toEqual([0, 0]);
    expect(performance.now() - started).toBeLessThan(5000);
    await slow.body?.cancel().catch(() => undefined);
  });
});
