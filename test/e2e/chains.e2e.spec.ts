/** A producer of many chains, as real processes: its routes, a chain that is made while it runs, kill -9 while all are busy. */
import {
  call,
  killNodes,
  producerIn,
  startAndEnd,
  startNode,
  type Answer,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const TOKEN = 'a-token-of-this-test';
const AUTHORIZED = { headers: { authorization: `Bearer ${TOKEN}` } };
const CHAINS = [
  { kind: 'token', name: 'gold', symbol: 'GLD', decimals: 2 },
  { kind: 'information', name: 'notes' },
  { kind: 'token', name: 'silver', symbol: 'SLV', wallets: { issuer: 'mint' } },
  { kind: 'information', name: 'diplomas' },
];

const folder = temporaryFolder();
const env = (chains: readonly object[] = CHAINS): Record<string, string> =>
  producerIn(folder, { CHAINS: JSON.stringify(chains), API_TOKEN: TOKEN });

let node: NodeProcess;
const get = (route: string): Promise<Answer> => call(`${node.url}${route}`);
const post = (route: string, body: unknown = {}): Promise<Answer> =>
  call(`${node.url}${route}`, body, AUTHORIZED);
const send = (chain: string, nonce: string): Promise<Answer> =>
  post(`/chains/${chain}/transactions`, { sender: 'alice', recipient: 'bob', amount: '100', nonce });

beforeAll(async () => {
  node = await startNode(env());
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

it('serves each chain under its name and its id, and the first pair on the papers’ routes', async () => {
  const { chains } = (await get('/chains')).body as { chains: { id: string; name: string; kind: string }[] };
  expect(chains.map(({ name }) => name)).toEqual(['gold', 'notes', 'silver', 'diplomas']);
  for (const { name, kind, id } of chains) {
    expect(node.output().split(`"new ${kind} chain ${name}: ${id}"`)).toHaveLength(2);
  }
  const silver = chains[2]?.id ?? '';

  expect(await send('silver', 'n1')).toMatchObject({ status: 201, body: { index: 2 } });
  expect(await send(silver, 'n1')).toMatchObject({ status: 200 });
  expect(
    (await post('/transactions/new', { sender: 'alice', recipient: 'bob', amount: '7', nonce: 'n1' })).status,
  ).toBe(201);
  const issued = await post('/chains/silver/transactions/issue', {
    sender: 'mint',
    recipient: 'bob',
    amount: '5',
    nonce: 'i1',
  });
  expect(issued.status).toBe(201);
  const batch = await post('/chains/silver/transactions/batch', {
    transactions: [{ sender: 'bob', recipient: 'carol', amount: '1', nonce: 'b1' }],
  });
  expect(batch.status).toBe(201);
  expect(
    (await post('/chains/diplomas/information', { information: { student: 'Ada' }, nonce: 'd1' })).status,
  ).toBe(201);
  expect((await post('/information/new', { information: 'a note' })).status).toBe(201);
  expect((await get('/chains/silver/transactions/pending')).body).toMatchObject({ total: 3 });

  expect((await post('/chains/silver/mine')).body).toMatchObject({ index: 2, chain: silver, tree_size: 3 });
  expect((await post('/chains/diplomas/mine')).body).toMatchObject({ index: 2, tree_size: 1 });
  expect((await call(`${node.url}/mine`, undefined, AUTHORIZED)).body).toMatchObject({
    index: 2,
    tree_size: 1,
  });

  expect((await get('/chains/silver/wallets/bob')).body).toMatchObject({
    issued: '5',
    transactions_received: 1,
  });
  expect((await get('/wallets/bob')).body).toMatchObject({ received: '6.99' });
  expect((await get('/chains/gold/wallets?address=bob')).body).toMatchObject({ received: '6.99' });
  expect((await get('/addresses/bob')).body).toMatchObject({
    address: 'bob',
    wallets: [
      { chain: 'gold', symbol: 'GLD', received: '6.99' },
      { chain: 'silver', symbol: 'SLV', id: silver },
    ],
  });
  expect((await get('/addresses?address=bob')).body).toEqual((await get('/addresses/bob')).body);
  const { transactions } = (await get('/chains/silver/transactions')).body as {
    transactions: { id: string }[];
  };
  expect(transactions).toHaveLength(3);
  const [newest] = transactions;
  expect((await get(`/chains/silver/transactions/${newest?.id}`)).body).toMatchObject({
    status: 'sealed',
    block: 2,
  });
  expect((await get(`/transactions/${newest?.id}`)).status).toBe(404);
  expect((await get('/chains/silver/supply')).body).toMatchObject({ symbol: 'SLV', issued: '5' });
  expect((await get('/chains/diplomas/information')).body).toMatchObject({
    information: [{ information: { student: 'Ada' }, status: 'sealed' }],
    next_cursor: null,
  });
  expect((await get('/information')).body).toMatchObject({
    information: [{ information: 'a note', status: 'pending' }],
  });
});

it.each([
  [
    '/chains/nothing/transactions',
    'there is no chain "nothing" here: the chains are gold, notes, silver and diplomas',
  ],
  ['/chains/notes/transactions', 'notes is of kind information, not token'],
  ['/chains/gold/information', 'gold is of kind token, not information'],
])('%s is not found', async (route, detail) => {
  expect(await get(route)).toMatchObject({ status: 404, body: { detail } });
});

it.each(['batch', 'issue'])('answers GET …/transactions/%s with the method that it takes', async (name) => {
  expect(await get(`/chains/gold/transactions/${name}`)).toMatchObject({
    status: 405,
    body: { code: 'METHOD_NOT_ALLOWED' },
  });
});

describe('POST /chains', () => {
  const bronze = { kind: 'token', name: 'bronze', symbol: 'BRZ' };

  it('makes a chain that the node has at once and keeps', async () => {
    const made = await post('/chains', bronze);
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'bronze', length: 1, contract: { token: { symbol: 'BRZ' } } },
    });
    expect(await post('/chains', bronze)).toMatchObject({ status: 200, body: { id: made.body.id } });
    expect((await send('bronze', 'n1')).status).toBe(201);
    expect((await post('/chains/bronze/mine')).body).toMatchObject({ index: 2, tree_size: 1 });
    await node.stop('SIGKILL');
    // It need not be listed.
    node = await startNode(env());
    expect((await get('/chains/bronze')).body).toMatchObject({ id: made.body.id, length: 2 });
    expect((await send('bronze', 'n1')).status).toBe(200);
  });

  it('refuses what is no chain, another contract under a name, and clients without a token', async () => {
    expect(await post('/chains', { kind: 'token', name: 'Gold', fee: { rate: 2 } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'name' }, { field: 'fee.rate' }] },
    });
    expect(
      await post('/chains', { kind: 'token', name: 'tin', symbol: 'a\u202eb', fee: { wallet: '..' } }),
    ).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'symbol' }, { field: 'fee.wallet' }] },
    });
    expect(await post('/chains', { ...bronze, symbol: 'XXX' })).toMatchObject({
      status: 409,
      body: { code: 'CHAIN_EXISTS' },
    });
    expect((await call(`${node.url}/chains`, bronze)).status).toBe(401);
  });
});

it('ends a start that no longer lists a chain, with all of those in its first line', async () => {
  await node.stop();
  const { code, output } = await startAndEnd(env(CHAINS.slice(0, 2)));
  expect(code).toBe(1);
  expect(output).toMatch(/^bpsc: CHAINS does not list silver, diplomas, which are chains of /m);
  node = await startNode(env([...CHAINS, { kind: 'token', name: 'later' }]));
  expect((await get('/chains/later')).body).toMatchObject({ length: 1 });
});

it('has every acknowledged entry once, on its own chain, at its promised block, whenever it is killed', async () => {
  const names = ['gold', 'silver', 'bronze', 'later'];
  const acknowledged = new Map<string, { chain: string; index: unknown }>();
  for (let round = 0; round < 3; round++) {
    let running = true;
    const clients = names.flatMap((chain) =>
      [0, 1, 2].map(async (client) => {
        for (let at = 0; running; at++) {
          const nonce = `r${round}-${client}-${at}`;
          const answer = await send(chain, nonce).catch(() => undefined);
          if (answer?.status === 201)
            acknowledged.set(`${chain} ${nonce}`, { chain, index: answer.body.index });
          if (at % 20 === 19) await post(`/chains/${chain}/mine`).catch(() => undefined);
        }
      }),
    );
    const target = acknowledged.size + 300;
    while (acknowledged.size < target) await new Promise((resolve) => setTimeout(resolve, 5));
    await node.stop('SIGKILL');
    running = false;
    await Promise.all(clients);
    node = await startNode(env([...CHAINS, { kind: 'token', name: 'later' }]));
  }
  for (const chain of names) await post(`/chains/${chain}/mine`);
  const places = new Map<string, number[]>();
  for (const chain of names) {
    const { length } = (await get(`/chains/${chain}`)).body as { length: number };
    for (let index = 2; index <= length; index++) {
      const { transactions } = (await get(`/chains/${chain}/blocks/${index}`)).body as {
        transactions: { nonce: string }[];
      };
      for (const { nonce } of transactions)
        places.set(`${chain} ${nonce}`, [...(places.get(`${chain} ${nonce}`) ?? []), index]);
    }
  }
  for (const [key, { index }] of acknowledged) expect([key, places.get(key)]).toEqual([key, [index]]);
});
