/** What the golden chains of test/fixtures/v1 were made of, and how they are read. They were written once and never again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChainBuilder, CREATED_AT, type Wire } from './chain-builder.js';

export interface GoldenChain {
  readonly contract: Wire;
  readonly chain_id: string;
  readonly blocks: readonly Wire[];
}

export type GoldenName = 'token' | 'information';

/** The checked-in chain, a fresh copy at every call. */
export function goldenChain(name: GoldenName): GoldenChain {
  const path = join('test', 'fixtures', 'v1', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as GoldenChain;
}

/** The same chain, made anew. */
export function makeGoldenChain(name: GoldenName): GoldenChain {
  const chain = name === 'token' ? makeToken() : makeInformation();
  return { contract: chain.contract, chain_id: chain.chain, blocks: chain.blocks };
}

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
