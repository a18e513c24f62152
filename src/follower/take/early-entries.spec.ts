import { firstOf } from '../../../test/support/first-of.js';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ChainBuilder, type Wire } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestFollower, type TestFollower } from '../../../test/support/test-follower.js';
import { TestUpstream } from '../../../test/support/test-upstream.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { verifyBlock, type VerifiedBlock } from '../../chain/block/verify-block.js';
import { InlineSignatureChecker } from '../../signatures/inline-checker.js';
import { EarlyBlock } from './early-entries.js';
import { verifyBlockText } from './verify-text.js';

afterAll(removeTemporary);

const KINDS = { open: () => ChainBuilder.token(), signed: () => ChainBuilder.signed() };
const checker = new InlineSignatureChecker();

function genesisOf(chain: ChainBuilder): { readonly contract: Contract; readonly genesis: VerifiedBlock } {
  const contract = parseContract(chain.contract);
  if ('fault' in contract) throw new Error(contract.message);
  const block = chain.blocks[0];
  const genesis = verifyBlock({
    contract,
    parent: undefined,
    block,
    nonceUsed: () => false,
    books: undefined,
  });
  if ('fault' in genesis) throw new Error(genesis.message);
  return { contract, genesis };
}

/** The results for a block whose first entries arrived early: verified as such, and like any other block. */
async function both(
  chain: ChainBuilder,
  early: readonly Wire[],
  text: string,
): Promise<{ readonly early: unknown; readonly usual: unknown }> {
  const { contract, genesis } = genesisOf(chain);
  const block = new EarlyBlock(
    { chain: { id: genesis.header.chain, contract }, parent: genesis, books: genesis.book },
    checker,
  );
  for (const entry of early) block.take(entry);
  const input = { contract, parent: genesis, books: genesis.book, nonceUsed: () => false };
  return {
    early: contentsOf(await block.finish(text)),
    usual: contentsOf(await verifyBlockText(text, input, checker)),
  };
}

function contentsOf(block: object | undefined): unknown {
  if (block === undefined || !('entries' in block)) return block;
  const { book, frontier, ...rest } = block as VerifiedBlock;
  return { ...rest, changes: book?.changes(), tree: frontier.subtrees() };
}

const textOf = (block: Wire): string => JSON.stringify(block);

describe.each(Object.entries(KINDS))('a block whose entries arrive before it, %s', (_policy, make) => {
  it.each([1, 3, 5, 6])('is the same as any other if %i of its 6 did', async (count) => {
    const chain = make();
    const entries = Array.from({ length: 6 }, (_, i) => chain.transfer({ memo: `ä${i}` }));
    const { early, usual } = await both(chain, entries.slice(0, count), textOf(chain.forge(entries)));
    expect(early).toEqual(usual);
    expect(early).toHaveProperty('header');
  });

  it('is verified like any other if none did', async () => {
    const chain = make();
    const { early } = await both(chain, [], textOf(chain.forge([chain.transfer()])));
    expect(early).toBeUndefined();
  });

  const other = (chain: ChainBuilder): Wire => chain.transfer({ amount: '7' });
  const swapped = ([a, b, ...rest]: readonly Wire[]): Wire[] => [b, a, ...rest] as Wire[];
  it.each<[string, (chain: ChainBuilder, entries: Wire[]) => string]>([
    ['the block has fewer', (chain, entries) => textOf(chain.forge(entries.slice(0, 2)))],
    ['the block has others', (chain, [, ...rest]) => textOf(chain.forge([other(chain), ...rest]))],
    ['the block has them in a different order', (chain, entries) => textOf(chain.forge(swapped(entries)))],
    ['the block has none', (chain) => textOf(chain.forge())],
    [
      'the block has a different tree root',
      (chain, entries) => textOf(chain.forge(entries, { cheat: (b) => (b.tree_root = '00'.repeat(32)) })),
    ],
    [
      'the block has a different tree size',
      (chain, entries) => textOf(chain.forge(entries, { cheat: (b) => (b.tree_size = 3) })),
    ],
    [
      'the block has a different parent',
      (chain, entries) => textOf(chain.forge(entries, { cheat: (b) => (b.previous_hash = '00'.repeat(32)) })),
    ],
    [
      'the block is older than an entry',
      (chain, entries) => textOf(chain.forge(entries, { timestamp: 1_760_000_000_000 - 1 })),
    ],
    [
      'the block has a different hash',
      (chain, entries) => textOf(chain.forge(entries, { tamper: (b) => (b.hash = '00'.repeat(32)) })),
    ],
    [
      'the block is not signed by the producer',
      (chain, entries) => textOf(chain.forge(entries, { tamper: (b) => (b.signature = '00'.repeat(64)) })),
    ],
    [
      'the block has an additional field',
      (chain, entries) => textOf(chain.forge(entries)).replace('{', '{"more":1,'),
    ],
    [
      'the block has a duplicate field',
      (chain, entries) => textOf(chain.forge(entries)).replace('{', '{"index":2,'),
    ],
    [
      'the block continues after its entries',
      (chain, entries) => `${textOf(chain.forge(entries)).slice(0, -1)},"more":1}`,
    ],
    ['the block is cut off', (chain, entries) => textOf(chain.forge(entries)).slice(0, -2)],
    ['the block is followed by something', (chain, entries) => `${textOf(chain.forge(entries))} `],
    ['the block is not JSON', (chain, entries) => textOf(chain.forge(entries)).replace('{', '{{')],
    [
      'a late entry has a different id',
      (chain, entries) =>
        textOf(chain.forge(entries)).replace(/"id":"[^"]+"}]}$/, `"id":"${'0'.repeat(64)}"}]}`),
    ],
    [
      'a late entry has a duplicate field',
      (chain, entries) => textOf(chain.forge(entries)).replace(/}]}$/, ',"type":"transfer"}]}'),
    ],
    [
      'a late entry has a reused nonce',
      (chain, entries) => textOf(chain.forge([...entries, { ...entries[0] }])),
    ],
    ['a late entry is not an entry', (chain, entries) => textOf(chain.forge(entries)).replace(/]}$/, ',5]}')],
  ])('is verified as any other where %s', async (_what, text) => {
    const chain = make();
    const entries = Array.from({ length: 4 }, () => chain.transfer());
    const { early } = await both(chain, entries.slice(0, 3), text(chain, entries));
    expect(early).toBeUndefined();
  });
});

it.each([0, 3])('an invalid signature at entry %i makes a block like any other', async (place) => {
  const chain = ChainBuilder.signed();
  const entries = Array.from({ length: 4 }, (_, i) =>
    i === place
      ? chain.transfer({ cheatAfterSigning: true }, (leaf) => (leaf.memo = 'not signed'))
      : chain.transfer(),
  );
  const { early, usual } = await both(chain, entries.slice(0, 3), textOf(chain.forge(entries)));
  expect(early).toBeUndefined();
  expect(usual).toMatchObject({ fault: 'BAD_SIGNATURE' });
});

describe('a follower', () => {
  let token: ChainBuilder;
  let upstream: TestUpstream;
  let follower: TestFollower;
  /** the pending entries at the upstream; undefined: it does not serve the list */
  let pending: Wire[] | undefined;
  const cursors = (): number[] =>
    upstream.requests
      .filter((url) => url.startsWith('/transactions/pending'))
      .map((url) => Number(new URLSearchParams(url.split('?')[1]).get('cursor')));

  beforeEach(async () => {
    token = ChainBuilder.token();
    upstream = await TestUpstream.start([token, ChainBuilder.information()]);
    upstream.misbehave = ({ path: asked, request }, response) => {
      if (asked !== '/transactions/pending' || pending === undefined) return false;
      const cursor = Number(new URL(request.url ?? '', upstream.url).searchParams.get('cursor'));
      const from = cursor - (token.head.tree_size as number);
      const transactions = pending.slice(Math.max(0, from));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ transactions }));
      return true;
    };
    follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), upstream.url);
    pending = [];
  });
  afterEach(async () => {
    await follower.close();
    await upstream.close();
  });

  const transfers = (count: number): Wire[] =>
    Array.from({ length: count }, (_, i) => token.transfer({ recipient: `r${i}` }));
  const promised = (entries: readonly Wire[]): Wire[] =>
    entries.map((entry) => ({ ...entry, block: token.blocks.length + 1 }));
  /** Waits until the follower has polled this many times. */
  const asked = async (times: number): Promise<void> => {
    while (cursors().length < times) await turn();
  };
  /** So many requests, one after the other: a poll that the last answer leads to comes before the last of them. */
  const nothingMore = async (): Promise<void> => {
    for (let request = 0; request < 20; request++) await (await fetch(`${upstream.url}/other`)).text();
  };

  it('requests pending entries after a large block, and continues where it was', async () => {
    token.seal(transfers(200));
    const entries = transfers(30);
    pending = promised(entries.slice(0, 20));
    follower.clock.onSleep = () => {
      if (cursors().length === 2) pending = promised(entries.slice(0, 25));
    };
    await follower.round();
    await asked(8);
    expect(cursors()).toEqual([200, 220, 220, 225, 225, 225, 225, 225]);
    token.seal(entries);
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([3, 1]);
    expect(firstOf(follower.store, 'token').books.wallet('alice')).toMatchObject({ sentCount: 230 });
    expect(firstOf(follower.store, 'token').books.wallet('r29')).toMatchObject({ receivedCount: 2 });
    expect(await follower.faults()).toEqual([]);
  });

  it('requests nothing after a small one', async () => {
    token.seal(transfers(199));
    await follower.round();
    await nothingMore();
    expect(follower.clock.slept).toEqual([]);
    expect(cursors()).toEqual([]);
  });

  it('stops polling when nothing arrives', async () => {
    token.seal(transfers(200));
    await follower.round();
    await asked(5);
    await nothingMore();
    expect(cursors()).toEqual([200, 200, 200, 200, 200]);
    expect(follower.clock.slept).toEqual([200, 200, 200, 200, 200]);
  });

  it('accepts the block that arrives, whatever was reported as pending for it', async () => {
    token.seal(transfers(200));
    pending = promised([token.transfer({ amount: '5' }), { type: 'nonsense' }]);
    await follower.round();
    await asked(1);
    await nothingMore();
    // Nothing after an invalid entry can belong to the block.
    expect(cursors()).toEqual([200]);
    token.seal(transfers(3));
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([3, 1]);
    expect(await follower.faults()).toEqual([]);
  });

  it('ignores entries that are pending for a later block', async () => {
    token.seal(transfers(200));
    const entries = transfers(4);
    pending = [...promised(entries), { ...token.transfer(), block: token.blocks.length + 2 }];
    await follower.round();
    await asked(6);
    expect(cursors()).toEqual([200, 204, 204, 204, 204, 204]);
    token.seal(entries);
    await follower.round();
    expect(follower.heads()).toEqual([3, 1]);
  });

  it.each([
    ['has no such list', undefined],
    ['lists nonsense', 'nonsense' as unknown as Wire[]],
  ])('does not poll an upstream that %s again for a minute', async (_what, answer) => {
    const debug = jest.spyOn(Logger.prototype, 'debug');
    const givenUp = (): boolean =>
      debug.mock.calls.some(([message]) => String(message).includes("aren't verified early"));
    pending = answer;
    token.seal(transfers(200));
    await follower.round();
    while (!givenUp()) await turn();
    debug.mockRestore();
    token.seal(transfers(200));
    await follower.round();
    await nothingMore();
    expect(cursors()).toEqual([200]);
    follower.clock.time += 60_000;
    token.seal(transfers(200));
    await follower.round();
    await asked(2);
    expect(await follower.faults()).toEqual([]);
  });

  it('requests no more than a block may have', async () => {
    await follower.close();
    await upstream.close();
    token = ChainBuilder.token({ schedule: { interval_ms: 1000, max_entries: 210, seal_empty: true } });
    upstream = await TestUpstream.start([token, ChainBuilder.information()]);
    upstream.misbehave = ({ path: asked }, response) => {
      if (asked !== '/transactions/pending') return false;
      const transactions = promised(transfers(100));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ transactions }));
      return true;
    };
    follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), upstream.url);
    token.seal(transfers(200));
    await follower.round();
    await asked(3);
    await nothingMore();
    expect(cursors()).toEqual([200, 300, 400]);
  });

  it('waits for no answer once the block has arrived', async () => {
    let closed = 0;
    upstream.misbehave = ({ path: asked }, response) => {
      if (asked !== '/transactions/pending') return false;
      response.once('close', () => closed++);
      response.write('{"transactions":[');
      return true;
    };
    token.seal(transfers(200));
    await follower.round();
    await asked(1);
    token.seal(transfers(1));
    expect(await follower.round()).toEqual(['token', 'information']);
    while (closed === 0) await turn();
  });

  it('starts over when the books cannot be read in the middle of an entry', async () => {
    await follower.round();
    const { books } = firstOf(follower.store, 'token');
    const read = books.wallet.bind(books);
    let failures = 0;
    books.wallet = (address) => {
      if (address === 'carol' && failures++ === 0) throw new Error('disk I/O error');
      return read(address);
    };
    token.seal(transfers(200));
    const entries = ['bob', 'carol', 'carol'].map((recipient) => token.transfer({ recipient }));
    pending = promised(entries);
    await follower.round();
    while (failures === 0) await turn();
    token.seal(entries);
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(firstOf(follower.store, 'token').books.wallet('alice')).toMatchObject({ sentCount: 203 });
    expect(firstOf(follower.store, 'token').books.wallet('carol')).toMatchObject({ receivedCount: 2 });
  });

  it('stops polling once it is stopping', async () => {
    token.seal(transfers(200));
    const stop = new AbortController();
    follower.clock.onSleep = () => stop.abort();
    await follower.round({ stop: stop.signal });
    await nothingMore();
    expect(cursors()).toEqual([]);
  });
});
