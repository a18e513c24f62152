/** A producer that breaks a wallet rule in perfectly sealed blocks: only the rules can catch it. */
import { firstOf } from '../../../test/support/first-of.js';
import path from 'node:path';
import {
  ALICE,
  BOB,
  CAROL,
  ChainBuilder,
  CREATED_AT,
  ISSUER,
  MALLORY,
  signedContract,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestFollower, type TestFollower } from '../../../test/support/test-follower.js';
import { TestUpstream } from '../../../test/support/test-upstream.js';
import { available } from '../../chain/books/wallet.js';

const HOLD_UNTIL = CREATED_AT + 10_000;
const DAY = 86_400_000;
const UNIT = 10n ** 18n;

let token: ChainBuilder;
let upstream: TestUpstream;
let follower: TestFollower;
/** an open hold of Alice's for Bob, and one that Bob accepted; both are sealed in block 2 */
let hold: Wire;
let delivered: Wire;

beforeEach(async () => {
  token = ChainBuilder.signed();
  hold = token.transfer({ amount: '1000', holdUntil: HOLD_UNTIL, nonce: 'used' });
  delivered = token.transfer({ amount: '1', holdUntil: HOLD_UNTIL });
  token.seal([hold, delivered, token.answer('accept', delivered)]);
  upstream = await TestUpstream.start([token, ChainBuilder.information()]);
  follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), upstream.url);
  await follower.round();
  expect(follower.heads()).toEqual([2, 1]);
});
afterEach(async () => {
  await follower.close();
  await upstream.close();
});
afterAll(removeTemporary);

type Make = () => Wire[];
const cheats: [string, string, Make][] = [
  ['an amount that is not there, by one unit', 'OVERDRAWN', () => [spend('8999.000000000000000001')]],
  ['an amount that is held', 'OVERDRAWN', () => [token.transfer({ amount: '9000000' }), spend('998999.1')]],
  ['the same balance twice', 'OVERDRAWN', () => [spendBobs('101.49995'), spendBobs('0.1')]],
  ['an empty wallet', 'OVERDRAWN', () => [token.transfer({ holder: MALLORY, amount: '1' })]],
  ['a transfer that was signed for another amount', 'BAD_SIGNATURE', () => [changedAfterSigning()]],
  [
    "another's signature under a stolen address",
    'BAD_SIGNATURE',
    () => [token.transfer({ amount: '1' }, (leaf) => (leaf.memo = 'x')), stolen()],
  ],
  [
    "another's key under an address",
    'ADDRESS_MISMATCH',
    () => [token.transfer({ amount: '1', sender: ALICE.address, holder: MALLORY })],
  ],
  ['a transfer for the second time', 'NONCE_REUSED', () => [token.transfer({ amount: '1', nonce: 'used' })]],
  ['tokens out of nothing', 'NOT_ISSUER', () => [token.issue({ holder: MALLORY, amount: '5' })]],
  ['a hold accepted by a stranger', 'NOT_RECIPIENT', () => [token.answer('accept', hold, { holder: CAROL })]],
  ['a hold accepted by its sender', 'NOT_RECIPIENT', () => [token.answer('accept', hold, { holder: ALICE })]],
  ['a hold that ended before', 'HOLD_ENDED', () => [token.answer('decline', delivered)]],
  [
    'a hold that ended in the same block',
    'HOLD_ENDED',
    () => [token.answer('decline', hold), token.answer('accept', hold)],
  ],
  ['a hold that never was', 'HOLD_UNKNOWN', () => [token.answer('accept', { ...hold, id: 'ab'.repeat(32) })]],
  ['a hold of the past', 'HOLD_TIME', () => [token.transfer({ amount: '1', holdUntil: CREATED_AT })]],
  [
    'a hold for too long',
    'HOLD_TIME',
    () => [token.transfer({ amount: '1', timestamp: HOLD_UNTIL, holdUntil: HOLD_UNTIL + 366 * DAY + 1 })],
  ],
  [
    'a hold accepted too late',
    'HOLD_EXPIRED',
    () => [token.answer('accept', hold, { timestamp: HOLD_UNTIL + 1 })],
  ],
  ['a hold returned too early', 'HOLD_NOT_EXPIRED', () => [token.returned(hold, { timestamp: HOLD_UNTIL })]],
  [
    'a return by another wallet',
    'NOT_PRODUCER',
    () => [token.returned(hold, { timestamp: HOLD_UNTIL + 1, sender: MALLORY.address })],
  ],
  [
    'another entry before an overdue return',
    'HOLD_OVERDUE',
    () => [token.transfer({ amount: '1', timestamp: HOLD_UNTIL + 60_001 })],
  ],
];

const spend = (amount: string): Wire => token.transfer({ amount });
const spendBobs = (amount: string): Wire =>
  token.transfer({ holder: BOB, recipient: CAROL.address, amount, nonce: amount });
const changedAfterSigning = (): Wire =>
  token.transfer({ amount: '1', cheatAfterSigning: true }, (leaf) => (leaf.memo = 'more'));
const stolen = (): Wire =>
  token.transfer(
    { amount: '2', cheatAfterSigning: true },
    (leaf) => (leaf.signature = MALLORY.sign('something else')),
  );

describe('a producer that cheats', () => {
  it.each(cheats)('with %s is caught: %s', async (_what, code, make) => {
    if (code === 'OVERDRAWN') drain();
    await follower.round();
    const before = follower.heads();
    const books = firstOf(follower.store, 'token').books.supply();

    const entries = make();
    const at = Math.max(...entries.map(({ timestamp }) => timestamp as number));
    token.blocks.push(token.forge(entries, { timestamp: at + 1000 }));
    await follower.round();

    expect(await follower.faults()).toMatchObject([
      { fault: code, chain: 'aka', index: (before[0] ?? 0) + 1 },
    ]);
    expect(follower.heads()).toEqual(before);
    expect(firstOf(follower.store, 'token').books.supply()).toEqual(books);
    expect(follower.status.troubles()).toEqual([expect.stringContaining(code)]);
  });

  /** Leaves Alice with 8,999 of her tokens, and 1,000 held. */
  function drain(): void {
    token.seal([token.transfer({ recipient: CAROL.address, amount: '9990000' })]);
  }

  it('is distinguished from one that goes exactly to the limit of each rule', async () => {
    drain();
    const year = token.transfer({ amount: '1', timestamp: HOLD_UNTIL, holdUntil: HOLD_UNTIL + 366 * DAY });
    sealLater([
      spend('8998'),
      year,
      token.answer('accept', hold, { timestamp: HOLD_UNTIL }),
      token.transfer({ holder: BOB, amount: '1101.45', recipient: CAROL.address, timestamp: HOLD_UNTIL + 1 }),
      token.issue({ amount: '7', timestamp: HOLD_UNTIL + 60_001 }),
    ]);
    await follower.round();
    expect(await follower.faults()).toEqual([]);
    expect(follower.heads()[0]).toBe(4);
  });
});

/** A block with the time that its entries need. */
function sealLater(entries: Wire[]): void {
  const at = Math.max(...entries.map(({ timestamp }) => timestamp as number));
  token.seal(entries, { timestamp: at + 1000 });
}

describe('the books of a follower', () => {
  it('match the blocks', async () => {
    const late = token.transfer({ amount: '20', holdUntil: HOLD_UNTIL + 5 });
    token.seal([token.issue({ recipient: CAROL.address, amount: '7' }), late, token.answer('decline', hold)]);
    sealLater([token.returned(late, { timestamp: HOLD_UNTIL + 6 })]);
    await follower.round();
    expect(await follower.faults()).toEqual([]);
    const { books } = firstOf(follower.store, 'token');
    const purse = (address: string): bigint => {
      const wallet = books.wallet(address);
      return wallet === undefined ? 0n : available(wallet);
    };
    const fee = UNIT / 20_000n;
    expect(purse(ALICE.address)).toBe(9_999_999n * UNIT);
    expect(purse(BOB.address)).toBe(100n * UNIT + UNIT / 2n + UNIT - fee);
    expect(purse(CAROL.address)).toBe(7n * UNIT);
    expect(books.supply()).toEqual({
      issued: 7n * UNIT,
      burnt: 0n,
      held: 0n,
      circulating: 10_000_107n * UNIT + UNIT / 2n,
    });
    expect(books.hold(hold.id as never)).toMatchObject({ state: 'declined', holdUntil: HOLD_UNTIL });
    expect(books.hold(late.id as never)).toMatchObject({ state: 'returned', endedBy: 6 });
    expect(books.openHoldFrom({ holdUntil: 0, sequence: 0 })).toBeUndefined();
  });

  it('are loaded at the next start, and not recomputed from the chain', async () => {
    const { blocks } = token;
    expect(firstOf(follower.store, 'token').books.wallet(ALICE.address)).toMatchObject({
      held: 1000n * UNIT,
    });
    await follower.close();
    follower = await startTestFollower(follower.file, upstream.url);
    expect(firstOf(follower.store, 'token').books.wallet(ALICE.address)).toMatchObject({
      held: 1000n * UNIT,
    });
    expect(blocks).toHaveLength(2);
  });

  it('begin with the allocations of the contract', async () => {
    const { wallets } = signedContract() as { wallets: { issuer: string } };
    expect(wallets.issuer).toBe(ISSUER.address);
    expect(firstOf(follower.store, 'token').books.wallet(BOB.address)).toMatchObject({
      issued: 100n * UNIT + UNIT / 2n,
    });
  });
});
