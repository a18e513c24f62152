/** A signed network of real processes: money that is moved, held, returned, found again after kill -9, and guarded from a cheating producer. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ALICE, BOB, CAROL, ChainBuilder, ISSUER, MALLORY, type Wire } from '../support/chain-builder.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startAndEnd,
  startNode,
  until,
  type Answer,
  type NodeProcess,
} from '../support/node-process.js';
import { signedAnswer, signedMove } from '../support/signed-requests.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { TestUpstream } from '../support/test-upstream.js';

const folder = temporaryFolder();
const signed = (env: Record<string, string> = {}): Record<string, string> =>
  producerIn(folder, {
    WALLET_POLICY: 'signed',
    WALLET_ISSUER: ISSUER.address,
    WALLET_ALLOCATIONS: JSON.stringify([{ address: ALICE.address, amount: '1000' }]),
    TOKEN_DECIMALS: '2',
    FEE_RATE: '0.01',
    ...env,
  });

let producer: NodeProcess;
let follower: NodeProcess;
let chain: string;

const post = (route: string, body: Wire): Promise<Answer> => call(`${producer.url}${route}`, body);
const get = async (route: string, node = producer): Promise<Wire> => (await call(`${node.url}${route}`)).body;
const mine = (): Promise<Answer> => call(`${producer.url}/mine`);
const idOf = ({ body }: Answer): string => (body.transaction as { id: string }).id;
const level = (): Promise<true> =>
  until(async () => (await get('/chains/aka/head')).hash === (await get('/chains/aka/head', follower)).hash);

/** circulating + held = allocated + issued − burnt, in cents. */
async function assertBalanced(node: NodeProcess): Promise<void> {
  const supply = await get('/supply', node);
  const cents = (part: string): bigint => BigInt(Math.round(Number(supply[part]) * 100));
  expect(cents('circulating') + cents('held')).toBe(cents('allocated') + cents('issued') - cents('burnt'));
  const metrics = (await call(`${node.url}/metrics`)).text;
  expect(metrics).toContain('bpsc_supply_balanced{chain="aka"} 1');
  expect(metrics).toMatch(
    new RegExp(`^bpsc_supply_tokens\\{chain="aka",part="held"\\} ${Number(supply.held)}$`, 'm'),
  );
}

beforeAll(async () => {
  producer = await startNode(signed());
  follower = await startNode(followerIn(folder, producer.url));
  const { chains } = (await get('/chains')) as { chains: { id: string }[] };
  chain = chains[0]?.id ?? '';
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

it('moves, issues and holds; both roles show what has become of each', async () => {
  const paid = await post(
    '/transactions/new',
    signedMove(ALICE, chain, { recipient: BOB.address, amount: '100' }),
  );
  expect(paid.status).toBe(201);
  const issue = signedMove(ISSUER, chain, { recipient: CAROL.address, amount: '7' }, 'issue');
  expect((await post('/transactions/issue', issue)).status).toBe(201);
  const holdUntil = Date.now() + 600_000;
  const hold = (amount: string): Promise<Answer> =>
    post(
      '/transactions/new',
      signedMove(ALICE, chain, { recipient: BOB.address, amount, hold_until: holdUntil }),
    );
  const [first, second] = [idOf(await hold('10')), idOf(await hold('20'))];
  expect(await get(`/transactions/${first}`)).toMatchObject({ state: 'pending', ended_by: null });
  await mine();
  expect(await get(`/transactions/${first}`)).toMatchObject({ state: 'held', hold_until: holdUntil });
  expect(await get(`/wallets/${ALICE.address}`)).toMatchObject({
    available: '870',
    held: '30',
    balance: '900',
  });

  const accept = await post(`/transactions/${first}/accept`, signedAnswer(BOB, chain, 'accept', first));
  expect(accept.body).toMatchObject({ index: 3, transaction: { type: 'accept', transfer: first } });
  const declined = await post(`/transactions/${second}/decline`, signedAnswer(BOB, chain, 'decline', second));
  expect(declined.status).toBe(201);
  expect(await get(`/transactions/${first}`)).toMatchObject({
    state: 'held',
    ended_by: { id: idOf(accept), type: 'accept', block: 3, status: 'pending' },
  });
  await mine();
  await level();
  for (const node of [producer, follower]) {
    expect(await get(`/transactions/${first}`, node)).toMatchObject({
      state: 'delivered',
      ended_by: { type: 'accept' },
    });
    expect(await get(`/transactions/${second}`, node)).toMatchObject({
      state: 'declined',
      ended_by: { type: 'decline', status: 'sealed' },
    });
    expect(await get(`/transactions/${idOf(paid)}`, node)).toMatchObject({
      state: 'delivered',
      ended_by: null,
    });
    expect(await get(`/wallets/${ALICE.address}`, node)).toMatchObject({
      available: '890',
      held: '0',
      issued: '1000',
      sent: '110',
      fees_paid: '1.1',
    });
    expect(await get(`/wallets/${BOB.address}`, node)).toMatchObject({
      available: '108.9',
      received: '108.9',
    });
    expect(await get('/supply', node)).toMatchObject({
      policy: 'signed',
      allocated: '1000',
      issued: '7',
      burnt: '0',
      held: '0',
      circulating: '1007',
      fee_wallet: { fees_collected: '1.1' },
    });
    await assertBalanced(node);
    const { transactions } = (await get(`/transactions?address=${ALICE.address}`, node)) as {
      transactions: Wire[];
    };
    expect(transactions.map(({ type }) => type)).toEqual([
      'decline',
      'accept',
      'transfer',
      'transfer',
      'transfer',
    ]);
  }
});

it.each<[string, number, string, string, () => [string, Wire]]>([
  [
    'a wallet that is mistyped',
    400,
    'INVALID_INPUT',
    'recipient',
    () => move({ recipient: 'bp1qqqq', amount: '1' }),
  ],
  [
    'more than there is',
    422,
    'OVERDRAWN',
    'amount',
    () => move({ recipient: BOB.address, amount: '100000' }),
  ],
  [
    'a hold of the past',
    422,
    'HOLD_TIME',
    'hold_until',
    () => move({ recipient: BOB.address, amount: '1', hold_until: 1 }),
  ],
  [
    'a changed amount',
    422,
    'BAD_SIGNATURE',
    'signature',
    () => ['/transactions/new', { ...move({ recipient: BOB.address, amount: '1' })[1], amount: '2' }],
  ],
  [
    'no signature',
    400,
    'INVALID_INPUT',
    'signature',
    () => [
      '/transactions/new',
      { ...move({ recipient: BOB.address, amount: '1' })[1], signature: undefined },
    ],
  ],
  [
    'an issue by anybody',
    422,
    'NOT_ISSUER',
    'sender',
    () => [
      '/transactions/issue',
      signedMove(MALLORY, chain, { recipient: BOB.address, amount: '1' }, 'issue'),
    ],
  ],
  [
    'an answer to nothing',
    422,
    'HOLD_UNKNOWN',
    'id',
    () => [`/transactions/${'ab'.repeat(32)}/accept`, signedAnswer(BOB, chain, 'accept', 'ab'.repeat(32))],
  ],
  [
    'an id that is none',
    400,
    'INVALID_INPUT',
    'id',
    () => ['/transactions/abc/accept', signedAnswer(BOB, chain, 'accept', 'ab'.repeat(32))],
  ],
])('refuses %s: %i %s', async (_what, status, code, field, request) => {
  const before = await get('/supply');
  const [route, body] = request();
  const answer = await post(route, body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.body.errors).toContainEqual({ field, message: expect.any(String) as string });
  expect(await get('/supply')).toEqual(before);
});

it('refuses what is not signed at all with everything that is missing', async () => {
  const answer = await post('/transactions/new', { sender: ALICE.address, recipient: 'bob' });
  expect([answer.status, answer.body.errors]).toEqual([
    400,
    [
      { field: 'amount', message: 'is missing' },
      { field: 'nonce', message: 'is missing: it is part of what is signed' },
      { field: 'public_key', message: 'is missing' },
      { field: 'signature', message: 'is missing' },
      { field: 'recipient', message: expect.stringContaining("must be a wallet's address") as string },
    ],
  ]);
});

function move(parts: Parameters<typeof signedMove>[2]): [string, Wire] {
  return ['/transactions/new', signedMove(ALICE, chain, parts)];
}

it('lets a thousand parallel spends of one balance succeed as often as it covers them', async () => {
  const spends = Array.from({ length: 1000 }, (_, i) =>
    signedMove(ALICE, chain, { recipient: CAROL.address, amount: '7', nonce: `race-${i}` }),
  );
  const answers = await Promise.all(spends.map((body) => post('/transactions/new', body)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(127); // 890 / 7
  expect(statuses.filter((status) => status === 422)).toHaveLength(873);
  expect(await get(`/wallets/${ALICE.address}`)).toMatchObject({ available: '1' });
  // The same requests once more change nothing.
  const again = await Promise.all(spends.map((body) => post('/transactions/new', body)));
  expect(again.filter(({ status }) => status === 200)).toHaveLength(127);
  expect(again.filter(({ status }) => status === 201)).toHaveLength(0);
  await mine();
  await level();
  await assertBalanced(follower);
});

it('finds its books again after kill -9, and returns what expired while it was away', async () => {
  const hold = await post(
    '/transactions/new',
    signedMove(BOB, chain, { recipient: CAROL.address, amount: '8.9', hold_until: Date.now() + 2000 }),
  );
  expect(hold.status).toBe(201);
  const waiting = await post(
    '/transactions/new',
    signedMove(BOB, chain, { recipient: CAROL.address, amount: '50' }),
  );
  expect(waiting.status).toBe(201);
  const before = await get(`/wallets/${BOB.address}`);
  expect(before).toMatchObject({ available: '50', held: '8.9' });
  const port = new URL(producer.url).port;
  await producer.stop('SIGKILL');
  await until(() => Date.now() > Number((hold.body.transaction as Wire).hold_until));

  producer = await startNode(signed({ PORT: port }));
  await until(async () => (await get(`/wallets/${BOB.address}`)).held === '0');
  expect(await get(`/wallets/${BOB.address}`)).toMatchObject({ available: '58.9' });
  await mine();
  await level();
  for (const node of [producer, follower]) {
    expect(await get(`/transactions/${idOf(hold)}`, node)).toMatchObject({
      state: 'returned',
      ended_by: { type: 'return', status: 'sealed' },
    });
    await assertBalanced(node);
  }
  for (const file of ['producer.db']) {
    const report = execFileSync(process.execPath, [
      'scripts/bpsc.mjs',
      'verify',
      path.join(folder, file),
      '--json',
    ]);
    expect(JSON.parse(report.toString())).toMatchObject({ ok: true });
  }
  execFileSync(process.execPath, ['scripts/bpsc.mjs', 'verify', follower.url, '--quiet']);
});

it('keeps to its contract: another policy, issuer or allocation is refused at the start', async () => {
  await producer.stop();
  const { code, output } = await startAndEnd(signed({ WALLET_ISSUER: '', WALLET_ALLOCATIONS: '' }));
  expect(code).toBe(1);
  expect(output).toMatch(/wallets\.issuer +"bp1/);
  expect(output).toMatch(/wallets\.allocations/);
});

describe('a producer that really cheats', () => {
  const cheats: [string, (token: ChainBuilder) => Wire[]][] = [
    ['OVERDRAWN', (token) => [token.transfer({ holder: MALLORY, amount: '1' })]],
    ['BAD_SIGNATURE', (token) => [token.transfer({ cheatAfterSigning: true }, (leaf) => (leaf.memo = 'x'))]],
    ['NONCE_REUSED', (token) => [token.transfer({ amount: '1', nonce: 'used' })]],
    ['NOT_ISSUER', (token) => [token.issue({ holder: MALLORY })]],
  ];
  it.each(cheats)('in a block that is otherwise perfectly sealed is caught: %s', async (code, make) => {
    const token = ChainBuilder.signed();
    // More signatures than one thread is asked for.
    token.seal(
      Array.from({ length: 100 }, (_, i) =>
        token.transfer({ amount: '1', nonce: i === 0 ? 'used' : `n${i}` }),
      ),
    );
    token.seal([...Array.from({ length: 100 }, () => token.transfer({ amount: '1' })), ...make(token)]);
    const upstream = await TestUpstream.start([token, ChainBuilder.information()]);
    const victim = await startNode(followerIn(folder, upstream.url));
    try {
      const fault = await until(async () => ((await get('/faults', victim)).faults as Wire[])[0]);
      expect(fault).toMatchObject({ fault: code, index: 3, sequence: 200 });
      expect((await get('/chains/aka/head', victim)).index).toBe(2);
      expect((await call(`${victim.url}/health/ready`)).status).toBe(503);
    } finally {
      await victim.stop('SIGKILL');
      await upstream.close();
    }
  });
});
