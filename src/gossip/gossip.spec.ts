import { Logger } from '@nestjs/common';
import path from 'node:path';
import { ChainBuilder, type Wire } from '../../test/support/chain-builder.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { startTestFollower, type TestFollower } from '../../test/support/test-follower.js';
import { TestUpstream } from '../../test/support/test-upstream.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import type { SealedHeader } from '../chain/block/block.js';
import { judgeEvidence } from '../chain/proof/equivocation.js';
import { Gossip, type GossipParts } from './gossip.js';

let token: ChainBuilder;
let information: ChainBuilder;
let upstream: TestUpstream;
let peer: TestUpstream;
let follower: TestFollower;
let clock: ManualClock;
let gossip: Gossip;
let inUse: { chain: string; header: SealedHeader; url: string }[];
let failures: unknown[];
const others: TestUpstream[] = [];

/** Two blocks, of which the second is empty if `amount` is undefined. */
function story(amount?: string): ChainBuilder {
  const chain = ChainBuilder.token();
  chain.seal(amount === undefined ? [] : [chain.transfer({ amount })]);
  return chain;
}

function gossipWith(parts: Partial<GossipParts> = {}): Gossip {
  return new Gossip({
    ...follower.storage,
    store: follower.store,
    convictions: follower.convictions,
    clock,
    chosen: [],
    intervalMs: 1000,
    onKeyInUse: (chain, header, url) => inUse.push({ chain, header, url }),
    fail: (error) => failures.push(error),
    ...parts,
  });
}

async function startPeer(...chains: ChainBuilder[]): Promise<TestUpstream> {
  const started = await TestUpstream.start(chains);
  started.role = 'follower';
  others.push(started);
  return started;
}

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  [token, information] = [story('1'), ChainBuilder.information()];
  upstream = await TestUpstream.start([token, information]);
  follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), upstream.url);
  await follower.round();
  peer = await startPeer(token, information);
  await follower.storage.nodes.register([peer.url], 1);
  clock = new ManualClock();
  [inUse, failures] = [[], []];
  gossip = gossipWith();
});
afterEach(async () => {
  await gossip.onModuleDestroy();
  await follower.close();
  await Promise.all([upstream, ...others.splice(0)].map((each) => each.close()));
  expect(failures).toEqual([]);
});
afterAll(removeTemporary);

/** What the follower holds against the token chain's producer. */
function finding(): string | undefined {
  const frozen = follower.convictions.of(follower.id('token'));
  if (frozen === undefined) return undefined;
  const verdict = judgeEvidence(frozen.evidence);
  return 'problem' in verdict ? verdict.problem : verdict.finding;
}

const twoBlocks = (ours: Wire | undefined, theirs: Wire | undefined): string =>
  `signed two blocks ${String(ours?.index)}: ${String(ours?.hash)} and ${String(theirs?.hash)}`;

describe('nodes that agree', () => {
  it('take one request a look, however many chains there are', async () => {
    for (let looks = 0; looks < 3; looks++) await gossip.look();
    expect(peer.requests).toEqual(['/chains', '/chains', '/chains']);
    expect(finding()).toBeUndefined();
  });

  it('take no other request while both go on, one block apart', async () => {
    token.seal([token.transfer()]);
    await gossip.look();
    const askedOnce = ['/chains', `/chains/${token.chain}/headers?from=2&limit=1`];
    expect(peer.requests).toEqual(askedOnce);
    for (let looks = 0; looks < 3; looks++) {
      await follower.round();
      token.seal([token.transfer()]);
      await gossip.look();
    }
    expect(peer.requests).toEqual([...askedOnce, '/chains', '/chains', '/chains']);
    expect(finding()).toBeUndefined();
  });

  it('are compared again and again, until the node stops', async () => {
    gossip.onApplicationBootstrap();
    for (let looks = 1; looks <= 3; looks++) {
      expect(clock.waiting).toEqual(['gossip']);
      clock.pass(1000);
      await gossip['running'];
      expect(peer.requests).toHaveLength(looks);
    }
    await gossip.onModuleDestroy();
    clock.pass(10_000);
    expect(clock.waiting).toEqual([]);
    expect(peer.requests).toHaveLength(3);
  });
});

describe('two stories are found', () => {
  afterEach(async () => {
    expect(follower.status.isBroken(follower.id('token'))).toBe(true);
    expect(follower.status.isBroken(follower.id('information'))).toBe(false);
    const faults = await follower.faults();
    expect(faults).toMatchObject([{ fault: 'FORKED', chain: 'aka', times: 1 }]);
    // Nobody is asked about the chain again.
    const asked = peer.requests.length;
    await gossip.look();
    expect(peer.requests.slice(asked)).toEqual(['/chains']);
  });

  it('with heads of the same index', async () => {
    const other = story('2');
    peer.chains = [other, information];
    await gossip.look();
    expect(finding()).toBe(twoBlocks(token.head, other.head));
    expect(peer.requests).toEqual(['/chains']);
    expect(await follower.faults()).toMatchObject([{ upstream: peer.url, index: 2, field: 'hash' }]);
  });

  it('with an empty block, and with two of them', async () => {
    token.seal([]);
    await follower.round();
    const other = story('1');
    other.seal([], { timestamp: Number(token.head.timestamp) + 1 });
    peer.chains = [other];
    expect(other.head.tree_root).toBe(token.head.tree_root);
    await gossip.look();
    expect(finding()).toBe(twoBlocks(token.head, other.head));
  });

  it('at the lower head, if the peer is behind', async () => {
    token.seal([token.transfer()]);
    await follower.round();
    const other = story('2');
    peer.chains = [other];
    await gossip.look();
    expect(finding()).toBe(twoBlocks(token.blocks[1], other.head));
  });

  it('at the lower head, if the peer is ahead', async () => {
    const other = story('2');
    other.seal([other.transfer()]);
    peer.chains = [other];
    await gossip.look();
    expect(finding()).toBe(twoBlocks(token.head, other.blocks[1]));
  });

  it('at a head that was ahead at an earlier look, if the peer shows no single header', async () => {
    const other = story('2');
    other.seal([other.transfer()]);
    peer.chains = [other];
    peer.misbehave = ({ path: asked }, response) =>
      asked !== '/chains' && (response.writeHead(404).end(), true);
    await gossip.look();
    expect(finding()).toBeUndefined();
    token.seal([token.transfer()]);
    await follower.round();
    await gossip.look();
    expect(finding()).toBe(twoBlocks(token.head, other.head));
  });

  it('at a peer that is an upstream', async () => {
    const other = story('2');
    await follower.storage.nodes.remove([peer.url]);
    gossip = gossipWith({ chosen: [peer.url] });
    peer.chains = [other];
    await gossip.look();
    expect(finding()).toBe(twoBlocks(token.head, other.head));
  });

  it('by evidence that a peer passes on', async () => {
    const other = story('2');
    peer.chains = [other];
    await gossip.look();
    const file = follower.convictions.of(follower.id('token'))?.evidence ?? '';
    const third = await startTestFollower(path.join(temporaryFolder(), 'third.db'), upstream.url);
    await third.round();
    const holder = await startPeer(token, information);
    holder.advertise = ({ chains, ...rest }) => ({
      ...rest,
      chains: chains.map((chain) => ({ ...chain, frozen: chain.name === 'aka' ? { since: 1 } : null })),
    });
    holder.misbehave = ({ path: asked }, response) =>
      asked === `/chains/${token.chain}/evidence` && (response.end(file), true);
    const { storage, store, convictions } = third;
    await new Gossip({ ...gossip['parts'], ...storage, store, convictions, chosen: [holder.url] }).look();
    expect(convictions.of(third.id('token'))).toMatchObject({ evidence: file, source: holder.url });
    expect(holder.requests).toEqual(['/chains', `/chains/${token.chain}/evidence`]);
    expect(await third.faults()).toMatchObject([{ fault: 'FORKED', upstream: holder.url, evidence: file }]);
    await third.close();
  });
});
