/** What the golden chains of test/fixtures/v1 were made of, and how they are read. They were written once and never again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ALICE,
  BOB,
  CAROL,
  ChainBuilder,
  CREATED_AT,
  FEE_HOLDER,
  ISSUER,
  type Wire,
} from './chain-builder.js';

export interface GoldenChain {
  readonly contract: Wire;
  readonly chain_id: string;
  readonly blocks: readonly Wire[];
}

export type GoldenName = 'token' | 'information' | 'signed-token' | 'metadata';

/** The checked-in chain, a fresh copy at every call. */
export function goldenChain(name: GoldenName): GoldenChain {
  const path = join('test', 'fixtures', 'v1', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as GoldenChain;
}

/** The same chain, made again. */
export function makeGoldenChain(name: GoldenName): GoldenChain {
  const chain = MAKERS[name]();
  return { contract: chain.contract, chain_id: chain.chain, blocks: chain.blocks };
}

const MAKERS: Record<GoldenName, () => ChainBuilder> = {
  token: makeToken,
  information: makeInformation,
  'signed-token': makeSignedToken,
  metadata: makeMetadata,
};

function makeToken(): ChainBuilder {
  const chain = ChainBuilder.token();
  const timestamp = CREATED_AT + 123;
  chain.seal(
    [
      chain.transfer({ amount: '1000000', timestamp }),
      chain.transfer({ sender: 'bob', recipient: 'carol', amount: '0.1', memo: '', timestamp }),
      chain.transfer({
        sender: 'a"\\/\u{1f600}',
        recipient: '\u0153uvre \u2028 \u05d0',
        amount: '0.000000000000000002',
        nonce: 'A-z_0.9:',
        memo: '\0\b\t\n\f\r\u001f\u007f\u0080\u2028\u2029\ud7ff\u{10ffff}"\\/',
        timestamp: timestamp + 1,
      }),
    ],
    { timestamp: CREATED_AT + 10_000 },
  );
  chain.seal(
    [
      chain.transfer({
        sender: 'carol',
        recipient: 'bpsc_wallet_address',
        amount: `${'9'.repeat(30)}.${'9'.repeat(18)}`,
        timestamp: CREATED_AT + 10_001,
      }),
    ],
    { timestamp: CREATED_AT + 20_000 },
  );
  return chain;
}

function makeInformation(): ChainBuilder {
  const chain = ChainBuilder.information();
  const salt = (byte: string): string => byte.repeat(16);
  chain.seal(
    [
      chain.information({
        information: { student: 'Ada', degree: 'BSc', marks: [1, 1.5, 1e21, 1e-7, -0.1], passed: true },
        salt: salt('00'),
        timestamp: CREATED_AT + 123,
      }),
      chain.information({
        information: {
          '\u20ac': 1,
          '\r': 2,
          '\ufb33': 3,
          1: 4,
          '\u{1f600}': 5,
          '\u0080': 6,
          '\u2028': '\0\u001f\u2028\u{10ffff}"\\/',
          '': [[], {}, null],
        },
        salt: salt('ff'),
        timestamp: CREATED_AT + 123,
      }),
    ],
    { timestamp: CREATED_AT + 10_000 },
  );
  chain.seal(
    [
      chain.information({ information: 'forgotten', erased: true, timestamp: CREATED_AT + 10_001 }),
      chain.information({ information: null, salt: salt('a5'), timestamp: CREATED_AT + 10_002 }),
    ],
    { timestamp: CREATED_AT + 20_000 },
  );
  return chain;
}

/** All that section 7 of the protocol knows: allocations, an issue, holds that end in each of the three ways, burnt fees. */
function makeSignedToken(): ChainBuilder {
  const chain = ChainBuilder.signed({
    name: 'signed',
    fee: { rate: '0.00005', wallet: FEE_HOLDER.address, disposition: 'burn' },
  });
  const at = (ms: number): number => CREATED_AT + ms;
  const hold = (holder: { address: string }, recipient: string, timestamp: number, holdUntil: number): Wire =>
    chain.transfer({ sender: holder.address, recipient, amount: '50', timestamp, holdUntil });
  const accepted = hold(ALICE, CAROL.address, at(200), at(20_000));
  const declined = hold(ALICE, CAROL.address, at(201), at(201) + 366 * 86_400_000);
  const expired = hold(BOB, FEE_HOLDER.address, at(202), at(10_002));
  chain.seal(
    [
      chain.transfer({
        memo: '\0\u001f\u2028\u{10ffff}"\\/',
        nonce: 'A-z_0.9:',
        timestamp: at(123),
      }),
      chain.issue({ recipient: CAROL.address, amount: '0.000000000000000001', timestamp: at(124) }),
      accepted,
      declined,
      expired,
      chain.transfer({
        sender: BOB.address,
        recipient: ALICE.address,
        amount: '1000000.5',
        memo: '',
        timestamp: at(203),
      }),
    ],
    { timestamp: at(10_000) },
  );
  chain.seal(
    [
      chain.returned(expired, { timestamp: at(10_003) }),
      chain.answer('decline', declined, { timestamp: at(10_004) }),
      chain.answer('accept', accepted, { timestamp: at(20_000) }),
      chain.issue({ recipient: FEE_HOLDER.address, amount: '7', nonce: 'last', timestamp: at(20_000) }),
      chain.transfer({
        sender: FEE_HOLDER.address,
        recipient: ISSUER.address,
        amount: '7',
        nonce: 'all-of-it',
        timestamp: at(20_001),
      }),
    ],
    { timestamp: at(30_000) },
  );
  return chain;
}

/** A chain under the policy `signed` whose transfers have metadata, with numbers and keys that are hard to write. */
function makeMetadata(): ChainBuilder {
  const chain = ChainBuilder.signed({ name: 'metadata' });
  const at = (ms: number): number => CREATED_AT + ms;
  chain.seal(
    [
      chain.transfer({ amount: '1', metadata: {}, timestamp: at(123) }),
      chain.transfer({
        amount: '2',
        memo: 'with a memo',
        metadata: {
          numbers: [0, -1, 1.5, 1e21, 1e20, 1e-7, 0.000001, 5e-324, 1.7976931348623157e308, 9007199254740993],
          '\u20ac': 1,
          '\r': 2,
          '\ufb33': 3,
          1: 4,
          '\u{1f600}': 5,
          '\u0080': 6,
          '\u2028': '\0\u001f\u007f\u2028\u{10ffff}"\\/',
          '': [[], {}, null, true, false],
        },
        timestamp: at(124),
      }),
    ],
    { timestamp: at(10_000) },
  );
  const hold = chain.transfer({
    amount: '3',
    holdUntil: at(30_000),
    metadata: { invoice: { id: 42, lines: ['a', 'b'] } },
    timestamp: at(10_001),
  });
  chain.seal([hold], { timestamp: at(20_000) });
  chain.seal([chain.answer('accept', hold, { timestamp: at(20_001) })], { timestamp: at(30_000) });
  return chain;
}
