/**
 * Several upstreams, with chains of their own or the same ones: a fault or failure of one does not affect what the
 * others serve.
 */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ChainBuilder, OTHER_PRODUCER, PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import {
  startTestFollower,
  type TestFollower,
  type TestFollowerOptions,
} from '../../../test/support/test-follower.js';
import { blocksOf, ndjson, TestUpstream } from '../../../test/support/test-upstream.js';
import type { Hash, PublicKey } from '../../chain/bytes/bytes.js';

const KINDS = ['token', 'information'];
const opened: TestUpstream[] = [];
let follower: TestFollower;
let file: string;
let warn: jest.SpyInstance;

beforeEach(() => {
  file = path.join(temporaryFolder(), 'follower.db');
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
});
afterEach(async () => {
  warn.mockRestore();
  await follower.close();
  await Promise.all(opened.splice(0).map((upstream) => upstream.close()));
});
afterAll(removeTemporary);

async function serve(...chains: ChainBuilder[]): Promise<TestUpstream> {
  const upstream = await TestUpstream.start(chains);
  opened.push(upstream);
  return upstream;
}

async function follow(upstreams: readonly TestUpstream[], options: TestFollowerOptions = {}): Promise<void> {
  follower = await startTestFollower(
    file,
    upstreams.map(({ url }) => url),
    options,
  );
}

async function followAgain(upstreams: readonly TestUpstream[], options?: TestFollowerOptions): Promise<void> {
  await follower.close();
  await follow(upstreams, options);
}

/** Chains of the second producer, under the names of the first one's. */
const otherToken = (): ChainBuilder =>
  new ChainBuilder(
    { ...ChainBuilder.token().contract, producer: OTHER_PRODUCER.publicKey },
    OTHER_PRODUCER,
  ).begin();
const digits = (chain: ChainBuilder, count = 8): string => chain.chain.slice(0, count);
const logged = (): string[] => warn.mock.calls.map(([text]) => String(text));

describe('one upstream with any number of chains', () => {
  it('is followed on all of them, and on those that it lists later', async () => {
    const [aka, gold, diplomas] = [
      ChainBuilder.token(),
      ChainBuilder.token({ name: 'gold' }),
      ChainBuilder.information({ name: 'diplomas' }),
    ];
    const upstream = await serve(aka, gold);
    gold.seal([gold.transfer()]);
    await follow([upstream]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 1, gold: 2 });
    diplomas.seal([diplomas.information()]);
    upstream.chains = [aka, diplomas, gold];
    aka.seal([aka.transfer()]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 2, gold: 2, diplomas: 2 });
    expect(follower.status.troubles()).toEqual([]);
  });

  it('is still followed on the others if one is at fault', async () => {
    const [aka, gold] = [ChainBuilder.token(), ChainBuilder.token({ name: 'gold' })];
    const upstream = await serve(aka, gold);
    await follow([upstream]);
    await follower.round();
    gold.blocks.push(gold.forge([], { signer: OTHER_PRODUCER }));
    aka.seal([aka.transfer()]);
    await follower.round();
    aka.seal([aka.transfer()]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 3, gold: 1 });
    expect(await follower.faults()).toMatchObject([{ fault: 'BAD_SIGNATURE', chain: 'gold', times: 1 }]);
    expect(follower.status.details()).toMatchObject({ fault_gold: 'BAD_SIGNATURE', fault_aka: null });
  });

  const items: [string, (item: Wire) => unknown, string][] = [
    ['null', () => null, 'MALFORMED'],
    ['no contract', ({ name, kind, id }) => ({ name, kind, id }), 'MALFORMED'],
    ['another id', (item) => ({ ...item, id: 'ab'.repeat(32) }), 'CHAIN_ID_MISMATCH'],
    ['no name', (item) => ({ ...item, name: '' }), 'MALFORMED'],
  ];
  it.each(items)(
    'may add an invalid item, %s: reported once, and nothing else changes',
    async (_, change, code) => {
      const [aka, gold] = [ChainBuilder.token(), ChainBuilder.token({ name: 'gold' })];
      const upstream = await serve(aka, gold);
      upstream.advertise = ({ role, chains: [first, second] }) => ({
        role,
        chains: [change(second as Wire), first],
      });
      await follow([upstream]);
      for (let round = 0; round < 3; round++) {
        aka.seal([aka.transfer()]);
        await follower.round();
      }
      expect(follower.named()).toEqual({ aka: 4 });
      expect(await follower.faults()).toMatchObject([{ fault: code, times: 1 }]);
      expect(follower.status.troubles()).toEqual([]);
    },
  );

  it('may swap the names of two chains, which are known by their ids', async () => {
    const [aka, gold] = [ChainBuilder.token(), ChainBuilder.token({ name: 'gold' })];
    const upstream = await serve(aka, gold);
    await follow([upstream]);
    await follower.round();
    upstream.advertise = ({ role, chains: [first, second] }) => ({
      role,
      chains: [
        { ...first, name: 'gold' },
        { ...second, name: 'aka' },
      ],
    });
    aka.seal([aka.transfer()]);
    gold.seal([gold.transfer()]);
    gold.seal([gold.transfer()]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 2, gold: 3 });
    expect([await follower.faults(), follower.status.troubles()]).toEqual([[], []]);
  });

  it('may list chains that this version does not support: logged once, and reported while that is so', async () => {
    const aka = ChainBuilder.token();
    const upstream = await serve(aka);
    upstream.advertise = ({ role, chains }) => ({
      role,
      chains: [...chains, { name: 'art', kind: 'art', contract: { kind: 'art', version: 1 } }],
    });
    await follow([upstream]);
    await follower.round();
    await follower.round();
    expect(follower.named()).toEqual({ aka: 1 });
    const line = `some chains of ${upstream.url} are not followed: art (kind "art"): unsupported by this version`;
    expect(follower.status.details()).toMatchObject({ unsupported: line });
    expect(logged().filter((text) => text.includes(line))).toHaveLength(1);
    expect([await follower.faults(), follower.status.troubles()]).toEqual([[], []]);
    upstream.advertise = (answer) => answer;
    await follower.round();
    expect(follower.status.details()).not.toHaveProperty('unsupported');
  });

  it('may list a thousand: no more begin than CHAINS_MAX, which is logged', async () => {
    const aka = ChainBuilder.token();
    const { contract, blocks } = ChainBuilder.information({ name: 'x' });
    const many = Array.from({ length: 1000 }, (_, i) => new ChainBuilder({ ...contract, name: `x${i}` }));
    expect(blocks).toHaveLength(1);
    const upstream = await serve(aka, ...many.map((chain) => chain.begin()));
    await follow([upstream], { config: { chainsMax: 5 } });
    await follower.round();
    aka.seal([aka.transfer()]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 2, x0: 1, x1: 1, x2: 1, x3: 1 });
    const line = '996 more chains: CHAINS_MAX is 5';
    expect(follower.status.details().unsupported).toContain(line);
    expect(logged().filter((text) => text.includes(line))).toHaveLength(1);
    expect([await follower.faults(), follower.status.troubles()]).toEqual([[], []]);
  });
});

it('begins no chain with which its own list would be longer than its followers read, and says so', async () => {
  const allocations = Array.from({ length: 4096 }, (_, i) => ({ address: `w${i}`, amount: '1' }));
  const wallets = { policy: 'open', allocations };
  const chains = Array.from({ length: 6 }, (_, i) => ChainBuilder.token({ name: `gold-${i}`, wallets }));
  const [first, second] = [await serve(...chains.slice(0, 3)), await serve(...chains.slice(3))];
  await follow([first, second]);
  await follower.round();
  await follower.round();
  expect(Object.keys(follower.named())).toEqual(['gold-0', 'gold-1', 'gold-2', 'gold-3', 'gold-4']);
  expect(follower.status.details().unsupported).toMatch(
    /^some chains of http:\S+ are not followed: gold-5: there is no room in this node's own list \(GET \/chains/,
  );
  expect([await follower.faults(), follower.status.troubles()]).toEqual([[], []]);
});

describe('two producers with the same names', () => {
  it.each([
    ['at once', 0],
    ['last', 1],
  ])('are named in the order of PRODUCER_URL, forever, also where the first answers %s', async (_, delay) => {
    const [ours, theirs] = [ChainBuilder.token(), otherToken()];
    const [first, second] = [await serve(ours, ChainBuilder.information()), await serve(theirs)];
    const alias = `aka-${digits(theirs)}`;
    if (delay > 0) {
      first.misbehave = (_asked, response) => {
        first.misbehave = undefined;
        const answer = async (): Promise<void> => {
          const text = await (await fetch(`${first.url}/chains`)).text();
          while (second.requests.length === 0) await nextTurn();
          response.end(text);
        };
        void answer();
        return true;
      };
    }
    await follow([first, second]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 1, information: 1, [alias]: 1 });
    expect(logged().join()).toContain(
      `token chain ${alias}: ${theirs.chain} (the name aka is already taken)`,
    );
    theirs.seal([theirs.transfer()]);
    await followAgain([second, first]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 1, information: 1, [alias]: 2 });
  });

  it('are distinguished by an alias that is not the real name of any chain', async () => {
    const theirs = otherToken();
    const named = ChainBuilder.information({ name: `aka-${digits(theirs)}` });
    await follow([await serve(ChainBuilder.token(), named), await serve(theirs)]);
    await follower.round();
    expect(Object.keys(follower.named())).toEqual([
      'aka',
      `aka-${digits(theirs)}`,
      `aka-${digits(theirs, 9)}`,
    ]);
    expect(follower.store.store(named.chain as Hash)?.chain.name).toBe(`aka-${digits(theirs)}`);
  });

  it('keep the alias if a chain with that very name appears later', async () => {
    const theirs = otherToken();
    const named = ChainBuilder.information({ name: `aka-${digits(theirs)}` });
    const first = await serve(ChainBuilder.token());
    await follow([first, await serve(theirs)]);
    await follower.round();
    first.chains = [...first.chains, named];
    await follower.round();
    expect(Object.keys(follower.named())).toEqual([
      'aka',
      `aka-${digits(theirs)}`,
      `aka-${digits(theirs)}-${digits(named)}`,
    ]);
  });
});

it('a chain begun earlier is followed at once, however long another upstream takes to answer', async () => {
  const [ours, theirs] = [ChainBuilder.token(), ChainBuilder.token({ name: 'gold' })];
  const [first, second] = [await serve(ours), await serve(theirs)];
  await follow([first, second]);
  await follower.round();
  await followAgain([first, second]);
  theirs.seal([theirs.transfer()]);
  first.misbehave = (_, response) => {
    const wait = (): void => {
      if (follower.named().gold === 2) response.writeHead(503).end();
      else setImmediate(wait);
    };
    wait();
    return true;
  };
  await follower.round();
  expect(follower.named()).toEqual({ aka: 1, gold: 2 });
});

describe("an upstream's private chain, which that node lists first", () => {
  const [aka, information] = [ChainBuilder.token(), ChainBuilder.information()];
  const notes = new ChainBuilder(
    { ...ChainBuilder.information().contract, name: 'notes', producer: OTHER_PRODUCER.publicKey },
    OTHER_PRODUCER,
  ).begin();

  async function neighbour(...followed: ChainBuilder[]): Promise<TestUpstream> {
    const node = await serve(notes, ...followed);
    node.role = 'follower';
    node.advertise = (answer) => ({ ...answer, details: { pending_information: 0 } });
    return node;
  }

  it('is no default of a follower: its upstream lists those of the producer as well', async () => {
    await follow([await neighbour(aka, information)]);
    await follower.round();
    expect(Object.keys(follower.named())).toEqual(['aka', 'information', 'notes']);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ])('is no default of a follower that names that node %s the producer', async (_, place) => {
    const upstreams = [await serve(aka, information)];
    upstreams.splice(place, 0, await neighbour());
    await follow(upstreams);
    await follower.round();
    expect(Object.keys(follower.named())).toEqual(['aka', 'information', 'notes']);
  });

  it('is followed like any other, as the default where there is no other', async () => {
    await follow([await neighbour()]);
    await follower.round();
    notes.seal([notes.information()]);
    await follower.round();
    expect(follower.named()).toEqual({ notes: 2 });
  });
});

describe('one chain at two upstreams', () => {
  let chain: ChainBuilder;
  let producer: TestUpstream;
  let node: TestUpstream;
  beforeEach(async () => {
    chain = ChainBuilder.token();
    [producer, node] = [await serve(chain), await serve(chain)];
    node.role = 'follower';
    await follow([producer, node]);
    await follower.round();
  });

  it('is pulled from the other if one is unreachable', async () => {
    await producer.close();
    chain.seal([chain.transfer()]);
    expect(await follower.round()).toEqual(['token']);
    expect(follower.named()).toEqual({ aka: 2 });
    expect(follower.status.troubles()).toEqual([]);
    expect(follower.status.details()).toMatchObject({
      upstream_state: 'unreachable',
      upstream_1: producer.url,
      upstream_1_state: 'unreachable',
      upstream_2: node.url,
      upstream_2_state: 'answers',
    });
  });

  it.each([
    ['the first', () => producer, () => node],
    ['the second', () => node, () => producer],
  ])('is had from the other where %s lies, whose fault it stays', async (_, liarOf, honestOf) => {
    const [liar, honest] = [liarOf(), honestOf()];
    const block = chain.seal([chain.transfer()]);
    const lie = JSON.stringify(block).replace('"recipient":"bob"', '"recipient":"eve"');
    honest.misbehave = ({ path: asked }, response) =>
      asked === '/chains' && (response.writeHead(503).end(), true);
    liar.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(chain) && (response.end(`${lie}\n`), true);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 1 });
    honest.misbehave = undefined;
    chain.seal([chain.transfer()]);
    expect(await follower.round()).toEqual(['token']);
    expect(follower.named()).toEqual({ aka: 3 });
    expect(await follower.faults()).toMatchObject([
      { fault: 'ENTRY_ID_MISMATCH', upstream: liar.url, times: 1 },
    ]);
    expect(follower.status.troubles()).toEqual([]);
    expect(follower.status.faultOf(follower.id('token'), liar.url)).toContain('ENTRY_ID_MISMATCH');
    expect(follower.status.faultOf(follower.id('token'), honest.url)).toBeUndefined();
    expect(follower.status.details()).toMatchObject({ fault_aka: null, lag_blocks_aka: 0 });
  });

  const signed: [string, string, () => unknown][] = [
    [
      'a fee that is not the contract’s',
      'FEE_MISMATCH',
      () => chain.forge([chain.transfer({}, (leaf) => (leaf.amount_bpsc = '49'))]),
    ],
    [
      'a reused nonce',
      'NONCE_REUSED',
      () => chain.forge([chain.transfer({ nonce: 'a' }), chain.transfer({ nonce: 'a' })]),
    ],
    [
      'another parent',
      'PREVIOUS_HASH_MISMATCH',
      () => chain.forge([], { cheat: (draft) => (draft.previous_hash = 'ab'.repeat(32)) }),
    ],
  ];
  it.each(signed)(
    'is stopped on all upstreams by a fault that its producer signed: %s',
    async (_, code, make) => {
      const blocks = [...chain.blocks, make() as Wire];
      const { contract, chain: id } = chain;
      const bad = { contract, chain: id, blocks };
      producer.misbehave = ({ path: asked }, response) =>
        asked === '/chains' && (response.writeHead(503).end(), true);
      node.chains = [bad];
      await follower.round();
      producer.misbehave = undefined;
      chain.seal([chain.transfer()]);
      expect(await follower.round()).toEqual([]);
      expect(follower.named()).toEqual({ aka: 1 });
      expect(await follower.faults()).toMatchObject([{ fault: code, times: 1 }]);
      expect(follower.status.troubles().join()).toMatch(`its producer broke a rule: ${code}`);
    },
  );

  it('does not count as reset by a producer that was polled before the other upstream delivered more', async () => {
    chain.seal([chain.transfer()]);
    const old = structuredClone(chain.blocks);
    chain.seal([chain.transfer()]);
    const { contract, chain: id } = chain;
    const held: (() => void)[] = [];
    producer.misbehave = ({ path: asked }, response) => {
      if (asked !== '/chains') return false;
      // Answers with its head at the time of the request, after the other one has delivered everything.
      producer.misbehave = undefined;
      const { transactions: _, ...head } = old.at(-1) as Wire;
      const item = { name: 'aka', kind: 'token', id, contract, length: old.length, head };
      held.push(() => response.end(JSON.stringify({ role: 'producer', chains: [item] })));
      return true;
    };
    node.misbehave = ({ path: asked }) => {
      if (asked === blocksOf(chain)) setImmediate(wait);
      return false;
    };
    const wait = (): void => {
      if (follower.named().aka === 3) for (const answer of held.splice(0)) answer();
      else setImmediate(wait);
    };
    await follower.round();
    expect(follower.named()).toEqual({ aka: 3 });
    expect(await follower.faults()).toEqual([]);
  });

  it('is pulled from the other if one delivers nothing for too long, and neither is at fault', async () => {
    for (let i = 0; i < 3; i++) chain.seal([chain.transfer()]);
    const held: (() => void)[] = [];
    producer.misbehave = ({ path: asked }, response) => {
      if (asked !== blocksOf(chain)) return false;
      response.write(ndjson(chain.blocks.slice(1, 2)));
      held.push(() => response.end(ndjson(chain.blocks.slice(2))));
      return true;
    };
    const wait = (): void => {
      if (follower.named().aka === 4) for (const answer of held.splice(0)) answer();
      else setImmediate(wait);
    };
    setImmediate(wait);
    expect(await follower.round()).toEqual(['token']);
    expect(follower.named()).toEqual({ aka: 4 });
    expect(await follower.faults()).toEqual([]);
    expect(follower.store.stores().map((store) => store.tail().nextSequence)).toEqual([3]);
  });

  it('is pulled from the other if one drops it, which is no fault and is logged once', async () => {
    const gold = ChainBuilder.token({ name: 'gold' });
    producer.chains = [chain, gold];
    await follower.round();
    expect([follower.named(), await follower.faults()]).toEqual([{ aka: 1, gold: 1 }, []]);
    producer.chains = [gold];
    for (let round = 0; round < 2; round++) {
      chain.seal([chain.transfer()]);
      await follower.round();
    }
    expect(follower.named()).toEqual({ aka: 3, gold: 1 });
    expect([await follower.faults(), follower.status.troubles()]).toEqual([[], []]);
    expect(follower.status.details()).toMatchObject({ no_longer_listed: `aka by ${producer.url}` });
    const line = `${producer.url} does not list the chain aka, ${chain.chain}`;
    expect(logged().filter((text) => text.includes(line))).toHaveLength(1);
    producer.chains = [chain, gold];
    await node.close();
    chain.seal([chain.transfer()]);
    await follower.round();
    expect(follower.named()).toEqual({ aka: 4, gold: 1 });
  });

  it('is a trouble that names both while one lies and the other is down', async () => {
    const block = chain.seal([chain.transfer()]);
    const lie = JSON.stringify(block).replace('"recipient":"bob"', '"recipient":"eve"');
    producer.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(chain) && (response.end(`${lie}\n`), true);
    node.misbehave = (_, response) => (response.writeHead(503).end(), true);
    await follower.round();
    const troubles = follower.status.troubles();
    expect(troubles).toEqual([
      expect.stringMatching(/^aka is no longer followed because http:.* is at fault: ENTRY_ID_MISMATCH: /),
    ]);
    expect(troubles[0]).toContain(`(see GET /faults); ${node.url} is unreachable`);
    expect(follower.status.details()).toMatchObject({ fault_aka: 'ENTRY_ID_MISMATCH' });
    node.misbehave = undefined;
    await follower.round();
    expect([follower.status.troubles(), follower.named()]).toEqual([[], { aka: 2 }]);
  });

  it('is a trouble while one no longer lists it and the other is down, but not while both are down', async () => {
    producer.chains = [ChainBuilder.token({ name: 'gold' })];
    node.misbehave = (_, response) => (response.writeHead(503).end(), true);
    await follower.round();
    expect(follower.status.troubles()).toEqual([
      `aka is not served by any upstream now: ${producer.url} no longer lists it; ${node.url} is unreachable`,
    ]);
    producer.misbehave = node.misbehave;
    await follower.round();
    expect(follower.status.troubles()).toEqual([]);
  });
});

describe('a pin', () => {
  const [aka, information] = [ChainBuilder.token(), ChainBuilder.information()];
  const [gold, theirs] = [ChainBuilder.token({ name: 'gold' }), otherToken()];
  const ids = (...chains: ChainBuilder[]): Hash[] => chains.map(({ chain }) => chain as Hash);

  it('of one token chain means all chains of its producer, and no others', async () => {
    await follow([await serve(aka, information), await serve(theirs)], { config: { chainIds: ids(aka) } });
    expect(await follower.round()).toEqual(KINDS);
    expect(Object.keys(follower.named())).toEqual(['aka', 'information']);
    expect(follower.status.troubles()).toEqual([]);
  });

  it('of one token chain as a list means this chain alone, which is waited for without an accusation', async () => {
    const upstream = await serve(information, gold);
    await follow([upstream], { config: { chainIds: ids(aka), isChainList: true } });
    await follower.round();
    expect([follower.named(), await follower.faults()]).toEqual([{}, []]);
    expect(follower.status.troubles()).toEqual([
      `CHAIN_ID names ${aka.chain}, but no upstream has listed that chain yet`,
      `nothing has been pulled from ${upstream.url} yet`,
    ]);
    upstream.chains = [information, aka, gold];
    await follower.round();
    expect(Object.keys(follower.named())).toEqual(['aka']);
    expect(follower.status.troubles()).toEqual([]);
  });

  it('that contradicts another one is reported with the contradiction, and logged once', async () => {
    const [first, second] = [await serve(aka, information), await serve(theirs)];
    const config = {
      chainIds: ids(aka, information),
      producerPublicKeys: [OTHER_PRODUCER.publicKey as PublicKey],
    };
    await follow([first, second], { config });
    await follower.round();
    await follower.round();
    const excluded = (chain: ChainBuilder): string =>
      `CHAIN_ID names ${chain.chain}, and ${first.url} lists that chain, but PRODUCER_PUBLIC_KEY does not name its producer, ${PRODUCER.publicKey}`;
    const reasons = [
      excluded(aka),
      excluded(information),
      `PRODUCER_PUBLIC_KEY names ${OTHER_PRODUCER.publicKey}, and ${second.url} lists chains of that producer, but CHAIN_ID names none of them`,
      `nothing has been pulled from ${first.url}, ${second.url} yet`,
    ];
    expect(follower.status.troubles()).toEqual(reasons);
    expect(await follower.faults()).toEqual([]);
    expect(logged()).toEqual([`not everything that is wanted is followed:\n  ${reasons.join('\n  ')}`]);
  });

  it('of no chain leaves a node with nothing if its upstream lists nothing, which is logged once', async () => {
    const upstream = await serve();
    await follow([upstream]);
    await follower.round();
    await follower.round();
    const reason = `nothing has been pulled from ${upstream.url} yet: no chain is listed there`;
    expect(follower.status.troubles()).toEqual([reason]);
    expect(logged()).toEqual([`not everything that is wanted is followed:\n  ${reason}`]);
    upstream.chains = [aka];
    await follower.round();
    expect(follower.status.troubles()).toEqual([]);
  });

  it('of several chains means exactly these, and this node is not ready until each is found', async () => {
    const [first, second] = [await serve(aka, information), await serve(theirs)];
    const config = { chainIds: ids(information, gold) };
    await follow([first, second], { config });
    await follower.round();
    expect(Object.keys(follower.named())).toEqual(['information']);
    expect(follower.status.troubles()).toEqual([
      `CHAIN_ID names ${gold.chain}, but no upstream has listed that chain yet`,
    ]);
    expect(await follower.faults()).toEqual([]);
    second.chains = [theirs, gold];
    await follower.round();
    expect(Object.keys(follower.named())).toEqual(['information', 'gold']);
    expect(follower.status.troubles()).toEqual([]);
  });

  it('of producers means their chains, and each must be found', async () => {
    const keys = [PRODUCER.publicKey, OTHER_PRODUCER.publicKey] as PublicKey[];
    const [first, second] = [await serve(aka), await serve()];
    await follow([first, second], { config: { producerPublicKeys: keys } });
    await follower.round();
    expect(follower.status.troubles()).toEqual([
      `PRODUCER_PUBLIC_KEY names ${OTHER_PRODUCER.publicKey}, but no upstream has listed a chain of that producer yet`,
    ]);
    second.chains = [theirs];
    await follower.round();
    expect(follower.status.troubles()).toEqual([]);
    await followAgain([first, second], { config: { producerPublicKeys: keys.slice(0, 1) } });
    expect(await follower.faults()).toEqual([]);
  });
});
