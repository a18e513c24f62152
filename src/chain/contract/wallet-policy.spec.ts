import fc from 'fast-check';
import { walletName } from '../../../test/support/arbitraries.js';
import { ALICE, BOB, ISSUER, walletAddress } from '../../../test/support/chain-builder.js';
import { isFault } from '../faults.js';
import { ALLOCATIONS_MAX, isWalletName, OPEN_WALLETS, parseWallets, walletsJson } from './wallet-policy.js';

const DECIMALS = 2;

/** The fault's code, place, expected and found. */
function faultOf(value: unknown): string {
  const result = parseWallets(value, DECIMALS);
  if (!isFault(result)) return 'no fault';
  return [result.fault, result.field, result.expected, result.found]
    .filter((part) => part !== undefined)
    .join(' | ');
}

/** Many different addresses. */
function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => walletAddress(i.toString(16).padStart(64, '0')));
}

describe('wallets', () => {
  it('match the papers by default: any name is a wallet, and there are no allocations', () => {
    expect(parseWallets({ policy: 'open', allocations: [] }, DECIMALS)).toEqual(OPEN_WALLETS);
    expect(walletsJson(OPEN_WALLETS, DECIMALS)).toEqual({ policy: 'open', allocations: [] });
  });

  it('have allocations in units and an issuer', () => {
    const allocations = [
      { address: ALICE.address, amount: '1000000' },
      { address: BOB.address, amount: '0.01' },
    ];
    expect(parseWallets({ policy: 'signed', allocations, issuer: ISSUER.address }, DECIMALS)).toEqual({
      policy: 'signed',
      allocations: [
        { address: ALICE.address, amount: 100_000_000n },
        { address: BOB.address, amount: 1n },
      ],
      issuer: ISSUER.address,
    });
  });

  it('come back from their wire form unchanged, in the same order', () => {
    const wallets = fc.oneof(
      ...[
        { policy: 'open', name: walletName },
        {
          policy: 'signed',
          name: fc.nat(1000).map((n) => walletAddress(n.toString(16).padStart(64, '0'))),
        },
      ].map(({ policy, name }) =>
        fc.record(
          {
            policy: fc.constant(policy),
            allocations: fc.uniqueArray(
              fc.record({
                address: name,
                amount: fc.constantFrom('1', '0.01', '0.1', '12.34', '9'.repeat(30)),
              }),
              { selector: ({ address }) => address, maxLength: 5 },
            ),
            issuer: name,
          },
          { requiredKeys: ['policy', 'allocations'] },
        ),
      ),
    );
    fc.assert(
      fc.property(wallets, (wire) => {
        const read = parseWallets(wire, DECIMALS);
        if (isFault(read)) throw new Error(read.message);
        expect(walletsJson(read, DECIMALS)).toEqual(wire);
      }),
    );
  });

  it('may have at most 4,096 allocations', () => {
    const allocations = addresses(4097).map((address) => ({ address, amount: '1' }));
    expect(ALLOCATIONS_MAX).toBe(4096);
    expect(faultOf({ policy: 'signed', allocations: allocations.slice(1) })).toBe('no fault');
    expect(faultOf({ policy: 'signed', allocations })).toBe(
      'MALFORMED | contract.wallets.allocations | at most 4096 | "4097 of them"',
    );
  });

  it('have addresses under the policy signed, and names under open, which may be addresses', () => {
    for (const [name, open, signed] of [
      ['alice', true, false],
      [ALICE.address, true, true],
      [ALICE.address.toUpperCase(), true, false],
      [' alice', false, false],
      [undefined, false, false],
      [7, false, false],
    ] as const) {
      expect([isWalletName(name, 'open'), isWalletName(name, 'signed')]).toEqual([open, signed]);
    }
  });
});

describe('wallets are refused', () => {
  const A = 'contract.wallets.allocations';
  const AMOUNT = 'a decimal string above zero in shortest form';
  const allocated = (...allocations: unknown[]): unknown => ({ policy: 'open', allocations });
  const alice = { address: 'alice', amount: '1' };

  it.each<[string, unknown, string]>([
    ['null', null, 'MALFORMED | contract.wallets | policy and allocations | null'],
    ['an array', [], 'MALFORMED | contract.wallets | policy and allocations | []'],
    ['nothing', undefined, 'MALFORMED | contract.wallets | policy and allocations | nothing'],
    ['no policy', { allocations: [] }, 'UNSUPPORTED | contract.wallets.policy | nothing'],
    [
      'another policy',
      { policy: 'closed', allocations: [] },
      'UNSUPPORTED | contract.wallets.policy | "closed"',
    ],
    [
      'the name of an inherited property as policy',
      { policy: 'toString', allocations: [] },
      'UNSUPPORTED | contract.wallets.policy | "toString"',
    ],
    ['no allocations', { policy: 'open' }, `MALFORMED | ${A} | an array | nothing`],
    [
      'allocations by name',
      { policy: 'open', allocations: { alice: '1' } },
      `MALFORMED | ${A} | an array | {"alice":"1"}`,
    ],
    [
      'a field more',
      { policy: 'open', allocations: [], owner: 'x' },
      'UNSUPPORTED | contract.wallets.owner | "x"',
    ],
    [
      'a __proto__',
      JSON.parse('{"policy":"open","allocations":[],"__proto__":{}}'),
      'UNSUPPORTED | contract.wallets.__proto__ | {}',
    ],
    ['an allocation that is not an object', allocated(1), `MALFORMED | ${A}[0] | address and amount | 1`],
    ['an array instead of one', allocated(alice, []), `MALFORMED | ${A}[1] | address and amount | []`],
    [
      'an allocation with an additional field',
      allocated({ ...alice, memo: '' }),
      `MALFORMED | ${A}[0] | address and amount | {"address":"alice","amount":"1","memo":""}`,
    ],
    [
      'one without address',
      allocated({ amount: '1' }),
      `MALFORMED | ${A}[0].address | a wallet's name | nothing`,
    ],
    [
      'one of no name',
      allocated({ ...alice, address: '' }),
      `MALFORMED | ${A}[0].address | a wallet's name | ""`,
    ],
    [
      'one without amount',
      allocated({ address: 'alice' }),
      `MALFORMED | ${A}[0].amount | ${AMOUNT} | nothing`,
    ],
    ['one of zero', allocated({ ...alice, amount: '0' }), `MALFORMED | ${A}[0].amount | ${AMOUNT} | "0"`],
    [
      'one below zero',
      allocated({ ...alice, amount: '-1' }),
      `MALFORMED | ${A}[0].amount | ${AMOUNT} | "-1"`,
    ],
    ['a number', allocated({ ...alice, amount: 1 }), `MALFORMED | ${A}[0].amount | ${AMOUNT} | 1`],
    [
      'one not in shortest form',
      allocated({ ...alice, amount: '1.10' }),
      `MALFORMED | ${A}[0].amount | ${AMOUNT} | "1.10"`,
    ],
    [
      'one with more decimals than the token',
      allocated({ ...alice, amount: '0.001' }),
      `MALFORMED | ${A}[0].amount | ${AMOUNT} | "0.001"`,
    ],
    [
      'one of 31 digits',
      allocated({ ...alice, amount: '1'.repeat(31) }),
      `MALFORMED | ${A}[0].amount | ${AMOUNT} | "${'1'.repeat(31)}"`,
    ],
    [
      'a duplicate wallet',
      allocated(alice, { ...alice, address: 'bob' }, { ...alice, amount: '2' }),
      `MALFORMED | ${A}[2].address | a wallet that is not already listed | "alice"`,
    ],
    [
      'a name under the policy signed',
      { policy: 'signed', allocations: [alice] },
      `MALFORMED | ${A}[0].address | a wallet's address | "alice"`,
    ],
    [
      'an issuer by name under the policy signed',
      { policy: 'signed', allocations: [], issuer: 'x' },
      `MALFORMED | contract.wallets.issuer | a wallet's address | "x"`,
    ],
    [
      'an issuer that is not a name',
      { policy: 'open', allocations: [], issuer: ' x' },
      `MALFORMED | contract.wallets.issuer | a wallet's name | " x"`,
    ],
    [
      'an issuer of null, instead of no issuer',
      { policy: 'open', allocations: [], issuer: null },
      `MALFORMED | contract.wallets.issuer | a wallet's name | null`,
    ],
  ])('with %s', (_what, value, expected) => {
    expect(faultOf(value)).toBe(expected);
  });
});
