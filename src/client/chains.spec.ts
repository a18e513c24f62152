import {
  BOB,
  ChainBuilder,
  OTHER_PRODUCER,
  tokenContract,
  type Wire,
} from '../../test/support/chain-builder.js';
import { BpscClient } from './client.js';
import type { ClientOptions } from './node-contact.js';
import { problem, StubNode } from './testing/stub-node.js';
import { KeySigner } from './signer.js';

const FAST: ClientOptions = { retries: 2, timeoutMs: 200, backoffMs: 2, backoffMsMax: 8 };

const gold = ChainBuilder.token({ name: 'gold' });
const silver = ChainBuilder.token({ name: 'silver', token: { symbol: 'SLV', decimals: 2 } });
silver.seal([silver.transfer({ amount: '5' })]);
const notes = ChainBuilder.information({ name: 'notes' });
const diplomas = ChainBuilder.information({ name: 'diplomas' });
const foreign = new ChainBuilder(
  tokenContract({ name: 'foreign', producer: OTHER_PRODUCER.publicKey }),
  OTHER_PRODUCER,
).begin();

let node: StubNode;
let client: BpscClient;
beforeEach(async () => {
  node = await StubNode.start(gold, notes, silver, diplomas);
  client = new BpscClient(node.url, FAST);
});
afterEach(() => node.close());

const paths = (): readonly string[] => node.posts.map(({ path }) => path);
const wallet = (address: string): Wire => ({
  address,
  ...{ available: '1', held: '0', balance: '1', issued: '0', sent: '0', received: '1' },
  ...{ fees_paid: '0', fees_collected: '0', transactions_sent: 0, transactions_received: 1 },
});

describe('a client of one chain of several', () => {
  it.each([
    ['its name', 'silver'],
    ['its id', silver.chain],
  ])('reads and sends on the chain’s own routes, called by %s', async (_what, reference) => {
    const chain = client.chain(reference);
    expect(await chain.chainId()).toBe(silver.chain);
    expect(await chain.contract()).toMatchObject({ symbol: 'SLV', decimals: 2 });
    expect(await chain.head()).toMatchObject({ chain: silver.chain, index: 2 });
    expect(await chain.send({ from: 'alice', to: 'bob', amount: '1' })).toMatchObject({
      transaction: { amountSend: '1', fee: '0.01' },
    });
    expect(paths()).toEqual([`/chains/${silver.chain}/transactions`]);
    const base = `/chains/${silver.chain}`;
    node.answers.set(`${base}/wallets/bob`, wallet('bob'));
    node.answers.set(`${base}/transactions?address=bob`, { transactions: [], next_cursor: null });
    expect(await chain.wallet('bob')).toMatchObject({ address: 'bob', received: '1' });
    expect(await chain.history('bob').next()).toMatchObject({ done: true });
  });

  it('follows its blocks', async () => {
    const stop = new AbortController();
    const indexes: number[] = [];
    for await (const { header } of client.chain('silver').follow('token', 1, { signal: stop.signal })) {
      indexes.push(header.index);
      if (header.index === 2) stop.abort();
    }
    expect(indexes).toEqual([1, 2]);
    expect(node.gets).toContain(`/chains/${silver.chain}/blocks?from=1&limit=100`);
  });

  it('records information, and answers holds', async () => {
    await client.chain('diplomas').inform({ degree: 'BSc' }, 'n-1');
    await client.chain('silver').accept('ab'.repeat(32), { from: 'bob' });
    expect(paths()).toEqual([
      `/chains/${diplomas.chain}/information`,
      `/chains/${silver.chain}/transactions/${'ab'.repeat(32)}/accept`,
    ]);
  });

  it('leaves the default pair where it was', async () => {
    await client.send({ from: 'alice', to: 'bob', amount: '1' });
    await client.inform('x', 'n-2');
    expect(paths()).toEqual(['/transactions/new', '/information/new']);
    expect(await client.chainId()).toBe(gold.chain);
  });

  it('signs for the chain that it names', async () => {
    const other = ChainBuilder.signed({ name: 'other' });
    node.chains = [ChainBuilder.signed(), other];
    const from = new KeySigner(Buffer.from('a1'.repeat(32), 'hex'));
    const order = { from, to: BOB.address, amount: '1', nonce: 'n' };
    const [first, second] = await Promise.all([
      client.prepareSend(order),
      client.chain('other').prepareSend(order),
    ]);
    expect(second.chain).toBe(other.chain);
    expect((JSON.parse(first.body) as Wire).signature).not.toBe((JSON.parse(second.body) as Wire).signature);
  });

  it('sends a prepared request to the chain that it is for, and to no other', async () => {
    const request = await client.chain('silver').prepareSend({ from: 'alice', to: 'bob', amount: '1' });
    await client.submit(request);
    await client.chain('silver').submit(request);
    await expect(client.chain('gold').submit(request)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    const other = { ...request, chain: gold.chain };
    await expect(client.submit(other)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(node.accepted).toHaveLength(1);
  });

  it('refuses a chain that is not there, and calls that are about the other kind', async () => {
    await expect(client.chain('lead').contract()).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: `chain lead is none of ${node.url}, which has gold, notes, silver, diplomas`,
    });
    await expect(client.chain('notes').send({ from: 'a', to: 'b', amount: '1' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect(client.chain('silver').inform(1)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(node.posts).toEqual([]);
  });

  it('finds a chain that was made after the first contact', async () => {
    node.chains = [gold];
    await client.contract();
    node.chains = [gold, silver];
    expect(await client.chain('silver').chainId()).toBe(silver.chain);
  });
});

describe('what is pinned', () => {
  const pinned = (options: ClientOptions): BpscClient => new BpscClient(node.url, { ...FAST, ...options });

  it('is the token chain, also where it is not the node’s first', async () => {
    const second = pinned({ chainId: silver.chain });
    await second.send({ from: 'alice', to: 'bob', amount: '1' });
    expect(paths()).toEqual([`/chains/${silver.chain}/transactions`]);
  });

  it('is not left for a name, which is the node’s word, but for an id', async () => {
    const first = pinned({ chainId: gold.chain });
    await expect(first.chain('silver').contract()).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' });
    expect(await first.chain(silver.chain).contract()).toMatchObject({ symbol: 'SLV' });
  });

  it('is the producer of every chain that is used, and no other chain is touched by it', async () => {
    node.chains = [gold, notes, foreign];
    const strict = pinned({ producer: gold.contract.producer as string });
    await expect(strict.chain('foreign').contract()).rejects.toMatchObject({ code: 'PRODUCER_MISMATCH' });
    expect(await strict.chain('gold').chainId()).toBe(gold.chain);
    expect(await client.chain('foreign').chainId()).toBe(foreign.chain);
  });
});

describe('what a node shows', () => {
  /** Answers /chains with changed items. */
  async function show(change: (items: Wire[]) => Wire[]): Promise<void> {
    const answer = (await (await fetch(`${node.url}/chains`)).json()) as { chains: Wire[] };
    node.answers.set('/chains', { ...answer, chains: change(answer.chains) });
    node.misbehave = (path, response) => {
      if (path !== '/chains') return false;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(node.answers.get('/chains')));
      return true;
    };
  }

  it('is taken chain by chain: what is unknown is unsupported, what is wrong is at fault alone', async () => {
    await show(([one, two, three, four]) => [
      one!,
      two!,
      { ...three, id: 'ab'.repeat(32) },
      { ...four, contract: { ...(four!.contract as Wire), version: 2 } },
      { name: 'art', kind: 'image', contract: { version: 1, kind: 'image' } },
      one!,
    ]);
    const chains = await client.chains();
    expect(chains.all.map(({ name }) => name)).toEqual(['gold', 'notes']);
    expect(chains.unsupported).toEqual([
      { name: 'diplomas', reason: 'version 2' },
      { name: 'art', reason: 'kind "image"' },
    ]);
    expect(chains.faulty.map(({ name, fault }) => [name, fault.fault])).toEqual([
      ['silver', 'CHAIN_ID_MISMATCH'],
      ['gold', 'MALFORMED'],
    ]);
    await client.send({ from: 'alice', to: 'bob', amount: '1' });
    await expect(client.chain('silver').contract()).rejects.toMatchObject({ code: 'CHAIN_ID_MISMATCH' });
    await expect(client.chain('art').contract()).rejects.toMatchObject({
      message: 'chain art is unsupported by this version: kind "image"',
    });
  });

  it('takes no second chain for a first one that is wrong', async () => {
    await show(([one, ...others]) => [{ ...one, id: 'ab'.repeat(32) }, ...others]);
    await expect(client.send({ from: 'alice', to: 'bob', amount: '1' })).rejects.toMatchObject({
      code: 'CHAIN_ID_MISMATCH',
    });
    await expect(client.chains()).rejects.toMatchObject({ code: 'CHAIN_ID_MISMATCH' });
    expect(await client.chain('silver').chainId()).toBe(silver.chain);
    expect(node.posts).toEqual([]);
  });

  it('may call a chain otherwise than its contract does', async () => {
    const alias = `silver-${silver.chain.slice(0, 8)}`;
    await show((items) => items.map((item) => (item.name === 'silver' ? { ...item, name: alias } : item)));
    expect(await client.chain(alias).chainId()).toBe(silver.chain);
    await expect(client.chain('silver').chainId()).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('all chains', () => {
  it('gives what an address has on each', async () => {
    const item = { chain: 'silver', id: silver.chain, symbol: 'SLV', ...wallet('bob') };
    node.answers.set('/addresses/bob', { address: 'bob', wallets: [item] });
    node.answers.set('/addresses?address=..', { address: '..', wallets: [] });
    expect(await client.wallets('bob')).toMatchObject([
      { chain: 'silver', chainId: silver.chain, symbol: 'SLV', available: '1' },
    ]);
    expect(await client.wallets('..')).toEqual([]);
  });
});

describe('making a chain', () => {
  const item = (chain: ChainBuilder): Wire => {
    const { transactions: _, ...head } = chain.blocks[0]!;
    const { contract, chain: id } = chain;
    return { id, name: contract.name, kind: contract.kind, contract, head };
  };
  const made =
    (chain: ChainBuilder) => (response: { writeHead: (status: number) => { end: (text: string) => void } }) =>
      response.writeHead(201).end(JSON.stringify(item(chain)));

  it('asks again where there is no answer, and gives the chain', async () => {
    node.script.push('drop', problem(503, 'UNAVAILABLE'), made(gold));
    const owner = new BpscClient(node.url, { ...FAST, apiToken: 'secret' });
    expect(await owner.createChain({ kind: 'token', name: 'gold' })).toMatchObject({
      id: gold.chain,
      name: 'gold',
    });
    expect(node.posts.map(({ path, text, headers }) => [path, text, headers.authorization])).toEqual(
      Array(3).fill(['/chains', '{"kind":"token","name":"gold"}', 'Bearer secret']),
    );
  });

  it('takes no other chain for it, and gives a refusal as it is', async () => {
    node.script.push(made(silver), problem(409, 'CHAIN_EXISTS'));
    const order = { kind: 'token', name: 'gold' } as const;
    await expect(client.createChain(order)).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    await expect(client.createChain(order)).rejects.toMatchObject({ code: 'CHAIN_EXISTS' });
  });
});
