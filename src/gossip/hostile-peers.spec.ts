/** Whatever a peer sends: nothing changes, no upstream is accused, and it costs little. */
import { Logger } from '@nestjs/common';
import path from 'node:path';
import { ChainBuilder, OTHER_PRODUCER, tokenContract, type Wire } from '../../test/support/chain-builder.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { startTestFollower, type TestFollower } from '../../test/support/test-follower.js';
import { TestUpstream } from '../../test/support/test-upstream.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { Gossip } from './gossip.js';

let token: ChainBuilder;
let information: ChainBuilder;
let upstream: TestUpstream;
let peer: TestUpstream;
let follower: TestFollower;
let clock: ManualClock;
let gossip: Gossip;

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  [token, information] = [ChainBuilder.token(), ChainBuilder.information()];
  token.seal([token.transfer()]);
  upstream = await TestUpstream.start([token, information]);
  follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), upstream.url);
  await follower.round();
  peer = await TestUpstream.start([token, information]);
  await follower.storage.nodes.register([peer.url], 1);
  clock = new ManualClock();
  gossip = new Gossip({
    ...follower.storage,
    convictions: follower.convictions,
    clock,
    chosen: [],
    intervalMs: 1000,
    onKeyInUse: () => fail('this node seals nothing'),
    fail,
  });
});
afterEach(async () => {
  await gossip.onModuleDestroy();
  expect(await follower.faults()).toEqual([]);
  expect([...follower.convictions.all]).toEqual([]);
  expect(follower.status.troubles()).toEqual([]);
  token.seal([token.transfer()]);
  expect(await follower.round()).toEqual(['token', 'information']);
  await follower.close();
  await Promise.all([upstream.close(), peer.close()]);
});
afterAll(removeTemporary);

function fail(error: unknown): never {
  throw new Error(String(error));
}

/** What the peer shows of each chain. */
function show(change: (chain: Wire) => Wire): void {
  peer.advertise = ({ chains, ...rest }) => ({ ...rest, chains: chains.map(change) });
}

const evidencePath = (): string => `/chains/${token.chain}/evidence`;
const answerEvidence = (text: string | Buffer): void => {
  show((chain) => ({ ...chain, frozen: { since: 1 } }));
  peer.misbehave = ({ path: asked }, response) => asked.endsWith('/evidence') && (response.end(text), true);
};

describe('evidence that is none', () => {
  const fork = (): ChainBuilder => {
    const other = ChainBuilder.token();
    other.seal([other.transfer({ amount: '2' })]);
    return other;
  };
  const sealed = ({ hash, signature, transactions: _entries, ...header }: Wire): Wire => ({
    header,
    hash,
    signature,
  });
  const file = (first: Wire, second: Wire, contract: Wire = token.contract): string =>
    JSON.stringify({
      version: 1,
      type: 'equivocation',
      contract,
      first: sealed(first),
      second: sealed(second),
    });

  it.each<[string, () => string]>([
    ['is no JSON', () => 'I have seen it'],
    ['is of one block', () => file(token.head, token.head)],
    [
      'has a signature by somebody else',
      () => file(token.head, { ...fork().head, signature: 'ab'.repeat(64) }),
    ],
    [
      'is against another producer, of a chain that this node does not have',
      () => {
        const contract = tokenContract({ producer: OTHER_PRODUCER.publicKey });
        const [one, other] = [0, 1].map((n) => {
          const chain = new ChainBuilder(contract, OTHER_PRODUCER).begin();
          return chain.seal([], { timestamp: Number(chain.head.timestamp) + n });
        }) as [Wire, Wire];
        return file(one, other, contract);
      },
    ],
  ])('%s', async (_name, text) => {
    answerEvidence(text());
    await gossip.look();
    expect(peer.requests).toEqual(['/chains', evidencePath(), `/chains/${information.chain}/evidence`]);
    // It is not asked for again at every look.
    await gossip.look();
    expect(peer.requests.slice(3)).toEqual(['/chains']);
    clock.pass(600_000);
    await gossip.look();
    expect(peer.requests).toContain(evidencePath());
    expect(peer.requests).toHaveLength(7);
  });

  it('is much longer than evidence can be', async () => {
    answerEvidence(Buffer.alloc(2_000_000, 0x20));
    await gossip.look();
    expect(peer.requests).toContain(evidencePath());
  });
});

describe('a list of chains', () => {
  it.each<[string, string]>([
    ['that is no JSON', '<html>'],
    ['that is nested deeply', '['.repeat(100_000)],
    ['that has too many values', `{"chains":[${'0,'.repeat(200_000)}0]}`],
    ['that is no list', '{"role":"follower","chains":7}'],
    ['of nonsense', '{"role":"follower","chains":[null,7,{},{"id":7,"head":{}},{"id":"","head":null}]}'],
  ])('%s', async (_name, text) => {
    peer.misbehave = (_asked, response) => (response.end(text), true);
    await gossip.look();
  });

  it('that is longer than any', async () => {
    const piece = Buffer.alloc(1_048_576, 0x20);
    peer.misbehave = (_asked, response) => {
      for (let pieces = 0; pieces < 20; pieces++) response.write(piece);
      return (response.end(), true);
    };
    await gossip.look();
  });

  it('with heads that nobody signed', async () => {
    const { chain: id } = token;
    for (const change of [
      { hash: 'ab'.repeat(32) },
      { hash: 'ab'.repeat(32), signature: 'ab'.repeat(64) },
      { hash: 'ab'.repeat(32), index: 1 },
      { hash: 'ab'.repeat(32), tree_size: 'many' },
      { hash: 'ab'.repeat(32), index: 7 },
      { hash: 7 },
      { index: 0 },
      { index: 1e300 },
    ]) {
      show((chain) => (chain.id === id ? { ...chain, head: { ...(chain.head as Wire), ...change } } : chain));
      await gossip.look();
    }
  });

  it('with checkpoints that nobody signed, or that are of another log', async () => {
    for (const checkpoint of [
      'x',
      '\n'.repeat(16_000),
      'x'.repeat(100_000),
      `bpsc/${token.chain}\n1\n${'A'.repeat(43)}=\n\n— bpsc/${token.chain} gXcIPI${'A'.repeat(86)}\n`,
      `bpsc/${information.chain}\n1\n${'A'.repeat(43)}=\n\n— bpsc/${token.chain} gXcIPI${'A'.repeat(86)}\n`,
    ]) {
      show((chain) => ({ ...chain, checkpoint, cosigned_checkpoint: checkpoint }));
      await gossip.look();
    }
  });

  it('with a head that is ahead, and another header than was asked for', async () => {
    const ahead = ChainBuilder.token();
    for (let blocks = 0; blocks < 3; blocks++) ahead.seal([ahead.transfer()]);
    peer.chains = [ahead];
    const headers = (list: unknown): void => {
      peer.misbehave = ({ path: asked }, response) =>
        asked.endsWith('/headers') && (response.end(JSON.stringify({ headers: list })), true);
    };
    for (const list of [
      7,
      [],
      [null],
      [{ hash: 'x', index: 2 }],
      [{ ...ahead.head }],
      [{ ...ahead.head, index: 2 }],
    ]) {
      headers(list);
      await gossip.look();
    }
    expect(peer.requests.filter((asked) => asked.includes('/headers'))).toHaveLength(6);
  });
});

it('costs a bounded number of requests a look, whatever it says of however many chains', async () => {
  const many = Array.from({ length: 30 }, (_, n) => ChainBuilder.information({ name: `chain-${n}` }));
  upstream.chains = [token, information, ...many];
  await follower.round();
  peer.chains = upstream.chains;
  answerEvidence('none');
  await gossip.look();
  expect(peer.requests).toHaveLength(1 + 8);
  peer.requests.length = 0;
  await gossip.look();
  expect(peer.requests).toHaveLength(1 + 8);
});

it('that says nothing delays no look for more than some seconds, and no other peer', async () => {
  const silent = await Promise.all(Array.from({ length: 3 }, () => TestUpstream.start([])));
  let held = 0;
  for (const each of silent) each.misbehave = () => ++held > 0;
  await follower.storage.nodes.register(
    silent.map(({ url }) => url),
    0,
  );
  const look = gossip.look();
  await until(() => held === 3 && peer.requests.length === 1);
  clock.pass(2000);
  await look;
  await Promise.all(silent.map((each) => each.close()));
});

it('that sends a byte now and then is not waited for longer than a look may take', async () => {
  const responses: { write: (text: string) => unknown }[] = [];
  peer.misbehave = (_asked, response) => (responses.push(response), response.write(' '), true);
  const look = gossip.look();
  await until(() => responses.length === 1);
  let isOver = false;
  void look.then(() => (isOver = true));
  for (let seconds = 1; seconds <= 10; seconds++) {
    responses[0]?.write(' '.repeat(1000));
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    clock.pass(1000);
  }
  await look;
});

/** Turns of the event loop until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
