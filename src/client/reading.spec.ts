import type { ServerResponse } from 'node:http';
import {
  ALICE,
  BOB,
  ChainBuilder,
  informationContract,
  OTHER_PRODUCER,
  type Wire,
} from '../../test/support/chain-builder.js';
import { BpscClient } from './client.js';
import type { ClientOptions } from './node-contact.js';
import { retryAfterMs, RETRY_AFTER_MS_MAX } from './retry-policy.js';
import { problem, StubNode } from './testing/stub-node.js';

const chain = ChainBuilder.signed();
const hold = chain.transfer({ amount: '10', holdUntil: 1_760_000_100_000 });
chain.seal([chain.transfer({ amount: '5', memo: 'hi' }), hold]);
chain.seal([chain.issue({ amount: '7' })]);
const information = ChainBuilder.information();
information.seal([information.information()]);
const FAST: ClientOptions = { retries: 2, timeoutMs: 200, backoffMs: 2, backoffMsMax: 8 };

let node: StubNode;
let client: BpscClient;
beforeEach(async () => {
  node = await StubNode.start(chain, information);
  client = new BpscClient(node.url, FAST);
});
afterEach(() => node.close());

const entries = (block: number): Wire[] => chain.blocks[block - 1]!.transactions as Wire[];
const placed = (entry: Wire, more: Wire = {}): Wire => ({
  ...entry,
  sequence: 1,
  block: 2,
  status: 'sealed',
  ...more,
});

/** Answers a path differently, that many times. */
function first(times: number, path: string, answer: (response: ServerResponse) => void): void {
  let left = times;
  node.misbehave = (asked, response) => {
    if (asked !== path || left-- <= 0) return false;
    answer(response);
    return true;
  };
}

describe('reading', () => {
  it('gives chains, contract and head, and asks for the contract once', async () => {
    const chains = await client.chains();
    expect(chains).toMatchObject({
      role: 'producer',
      upstream: undefined,
      token: { id: chain.chain, head: { index: 3, hash: chain.head.hash } },
      information: { id: information.chain },
    });
    expect(await client.contract()).toMatchObject({ symbol: 'AKA', wallets: { policy: 'signed' } });
    expect(await client.chainId()).toBe(chain.chain);
    expect((await client.head('information')).hash).toBe(information.head.hash);
    expect(node.gets.filter((path) => path === '/chains')).toHaveLength(2);
  });

  it('takes no other chain where the pinned one is hidden', async () => {
    node.chains = [information];
    const pinned = new BpscClient(node.url, { ...FAST, chainId: chain.chain });
    const missing = { name: 'FaultError', code: 'CHAIN_MISSING' };
    await expect(pinned.chains()).rejects.toMatchObject(missing);
    await expect(pinned.inform({ degree: 'BSc' })).rejects.toMatchObject(missing);
    expect(node.posts).toEqual([]);
  });

  it('takes no information chain of another producer than the pinned one', async () => {
    const contract = { ...informationContract(), producer: OTHER_PRODUCER.publicKey };
    node.chains = [chain, new ChainBuilder(contract, OTHER_PRODUCER).begin()];
    const pinned = new BpscClient(node.url, { ...FAST, chainId: chain.chain });
    const mismatch = { name: 'FaultError', code: 'PRODUCER_MISMATCH' };
    await expect(pinned.inform({ degree: 'BSc' })).rejects.toMatchObject(mismatch);
    const strict = new BpscClient(node.url, { ...FAST, producer: String(chain.contract.producer) });
    await expect(strict.chains()).rejects.toMatchObject(mismatch);
    expect(node.posts).toEqual([]);
  });

  it('gives a transaction with its place and what became of it', async () => {
    const id = hold.id as string;
    const ended_by = { id: 'ab'.repeat(32), type: 'accept', sequence: 9, block: 3, status: 'pending' };
    node.answers.set(`/transactions/${id}`, placed(hold, { state: 'delivered', ended_by, later: 1 }));
    expect(await client.transaction(id)).toEqual({
      id,
      type: 'transfer',
      sender: ALICE.address,
      recipient: BOB.address,
      nonce: hold.nonce,
      timestamp: hold.timestamp,
      publicKey: ALICE.publicKey,
      signature: hold.signature,
      amountSend: '10',
      amountReceive: '9.9995',
      fee: '0.0005',
      memo: undefined,
      holdUntil: 1_760_000_100_000,
      sequence: 1,
      block: 2,
      status: 'sealed',
      state: 'delivered',
      endedBy: ended_by,
    });
  });

  it.each<[string, Wire, string]>([
    ['another content', { memo: 'x' }, 'ENTRY_ID_MISMATCH'],
    ['another split', { amount_receive: '10' }, 'ENTRY_ID_MISMATCH'],
    ['a place that is none', { sequence: -1 }, 'UNEXPECTED_ANSWER'],
    ['a strange status', { status: 'lost' }, 'UNEXPECTED_ANSWER'],
  ])('finds a transaction with %s', async (_name, changes, code) => {
    const id = hold.id as string;
    node.answers.set(`/transactions/${id}`, placed(hold, changes));
    await expect(client.transaction(id)).rejects.toMatchObject({ code });
  });

  it('finds another transaction than the one that was asked for', async () => {
    node.answers.set(`/transactions/${'ab'.repeat(32)}`, placed(hold));
    await expect(client.transaction('ab'.repeat(32))).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    await expect(client.transaction('nonsense')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it.each(['.', '..'])(
    'asks for the wallet %s by a query, since no path can hold its name',
    async (address) => {
      const open = await StubNode.start(ChainBuilder.token(), information);
      open.answers.set(`/wallets?address=${address}`, {
        address,
        ...{ available: '1', held: '0', balance: '1', sent: '0', received: '1' },
        ...{
          fees_paid: '0',
          fees_collected: '0',
          issued: '0',
          transactions_sent: 0,
          transactions_received: 1,
        },
      });
      expect(await new BpscClient(open.url, FAST).wallet(address)).toMatchObject({ address, received: '1' });
      await open.close();
    },
  );

  it('gives a wallet and the supply', async () => {
    const amounts = { sent: '1', received: '2', fees_paid: '0', fees_collected: '0', issued: '3' };
    node.answers.set(`/wallets/${ALICE.address}`, {
      address: ALICE.address,
      available: '-1',
      held: '1.5',
      balance: '0.5',
      ...amounts,
      transactions_sent: 1,
      transactions_received: 0,
    });
    expect(await client.wallet(ALICE.address)).toMatchObject({
      available: '-1',
      feesPaid: '0',
      transactionsSent: 1,
    });
    node.answers.set('/supply', {
      policy: 'signed',
      symbol: 'AKA',
      allocated: '1',
      issued: '0',
      burnt: '0',
      held: '0',
      circulating: '1',
      fee_wallet: { address: ALICE.address, fees_collected: '0', available: '1' },
    });
    expect(await client.supply()).toMatchObject({ allocated: '1', feeWallet: { feesCollected: '0' } });
    await expect(client.wallet('alice')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    node.answers.set('/supply', { policy: 'signed', symbol: 'AKA', allocated: 1, fee_wallet: {} });
    await expect(client.supply()).rejects.toMatchObject({
      message: '/supply answers as no node does: allocated must be a text',
    });
  });

  it('gives a history page by page', async () => {
    const path = `/transactions?address=${ALICE.address}`;
    const [a, b] = entries(2);
    node.answers.set(path, { transactions: [placed(b!, { state: 'held' })], next_cursor: '1' });
    node.answers.set(`${path}&cursor=1`, { transactions: [placed(a!)], next_cursor: null });
    const found = [];
    for await (const { id, state } of client.history(ALICE.address)) found.push([id, state]);
    expect(found).toEqual([
      [b!.id, 'held'],
      [a!.id, undefined],
    ]);
  });

  it.each([
    ['the same page', { 1: '1' }, true],
    ['pages in a circle', { 1: '2', 2: '3', 3: '1' }, true],
    ['a page without items that is not the last', { 1: '2', 2: '3' }, false],
  ] as const)('gives up a history of %s', async (_name, next, hasItems) => {
    const path = `/transactions?address=${ALICE.address}`;
    const transactions = [placed(entries(2)[0]!)];
    node.answers.set(path, { transactions, next_cursor: '1' });
    for (const [cursor, next_cursor] of Object.entries(next)) {
      node.answers.set(`${path}&cursor=${cursor}`, {
        transactions: hasItems ? transactions : [],
        next_cursor,
      });
    }
    await expect(
      (async () => {
        for await (const _ of client.history(ALICE.address));
      })(),
    ).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });

  it('gives what waits', async () => {
    node.answers.set('/transactions/pending', { transactions: [{ ...hold, block: 4 }], next_cursor: null });
    const found = [];
    for await (const { id, block } of client.pending()) found.push([id, block]);
    expect(found).toEqual([[hold.id, 4]]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['a broken connection', (response) => void response.destroy()],
    ['silence', () => undefined],
    ['503', problem(503, 'NOT_SYNCED')],
    ['429', (response) => void response.writeHead(429).end()],
  ])('tries again after %s', async (_name, answer) => {
    first(2, '/chains', answer);
    expect((await client.chains()).role).toBe('producer');
    first(3, '/chains', answer);
    await expect(client.chains()).rejects.toThrow();
  });

  it('asks again for the contract after a first contact that failed', async () => {
    first(3, '/chains', problem(503, 'NOT_SYNCED'));
    await expect(client.contract()).rejects.toMatchObject({ code: 'NOT_SYNCED', status: 503 });
    expect((await client.contract()).symbol).toBe('AKA');
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['404', problem(404, 'NOT_FOUND'), 'NOT_FOUND'],
    ['a proxy’s 500', (response) => void response.writeHead(500).end('x'), 'HTTP_500'],
    ['no JSON', (response) => void response.end('x'), 'UNEXPECTED_ANSWER'],
    ['a key twice', (response) => void response.end('{"a":1,"a":2}'), 'UNEXPECTED_ANSWER'],
    ['a list', (response) => void response.end('[]'), 'UNEXPECTED_ANSWER'],
    ['no chains', (response) => void response.end('{}'), 'UNEXPECTED_ANSWER'],
  ])('does not try again after %s', async (_name, answer, code) => {
    first(1, '/chains', answer);
    await expect(client.chains()).rejects.toMatchObject({ code });
  });

  it('reads no more than a node would send', async () => {
    node.misbehave = (_path, response) => {
      const piece = 'x'.repeat(65_536);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
      return true;
    };
    await expect(client.chains()).rejects.toThrow(/answers with more than \d+ bytes|no answer within/);
  });

  it.each<[string, (contract: Wire, item: Wire) => void, string]>([
    ['a contract that is another chain’s', (contract) => (contract.name = 'other'), 'CHAIN_ID_MISMATCH'],
    ['a contract that is none', (contract) => (contract.fee = 1), 'MALFORMED'],
    ['a head that nobody signed', (_contract, item) => ((item.head as Wire).tree_size = 99), 'HASH_MISMATCH'],
  ])('finds %s', async (_name, change, code) => {
    first(1, '/chains', (response) => {
      const contract = structuredClone(chain.contract);
      const { transactions: _, ...head } = chain.head;
      const item = { name: 'aka', kind: 'token', id: chain.chain, contract, length: 3, head };
      change(contract, item);
      response.end(JSON.stringify({ role: 'producer', chains: [item] }));
    });
    await expect(client.chains()).rejects.toMatchObject({ name: 'FaultError', code });
  });

  it('stops when it is aborted', async () => {
    first(9, '/chains', () => undefined);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(client.wallet(ALICE.address, { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(client.chains({ signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('Retry-After', () => {
  it.each<[string | null, number]>([
    [null, 0],
    ['0', 0],
    ['2', 2000],
    [' 2 ', 2000],
    ['99999', RETRY_AFTER_MS_MAX],
    ['Thu, 01 Jan 1970 00:00:05 GMT', 4000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', 0],
  ])('%p is %p ms', (value, ms) => {
    expect(retryAfterMs(value, 1000)).toBe(ms);
  });
});
