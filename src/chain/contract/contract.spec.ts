import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { walletName } from '../../../test/support/arbitraries.js';
import { informationContract, tokenContract, type Wire } from '../../../test/support/chain-builder.js';
import {
  blockEntriesMax,
  chainId,
  contractJson,
  contractText,
  parseContract,
  type Contract,
} from './contract.js';
import { isFault } from '../faults.js';

const TOKEN_TEXT =
  '{"created_at":1760000000000,"fee":{"disposition":"collect","rate":"0.00005","wallet":"bpsc_wallet_address"},' +
  '"kind":"token","name":"aka","producer":"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",' +
  '"schedule":{"interval_ms":10000,"max_entries":1000,"seal_empty":false},"token":{"decimals":18,"symbol":"AKA"},' +
  '"version":1,"wallets":{"allocations":[],"policy":"open"}}';

function parsed(value: unknown): Contract {
  const contract = parseContract(value);
  if (isFault(contract)) throw new Error(contract.message);
  return contract;
}

/** The fault's code, place, expected and found. */
function faultOf(value: unknown): string {
  const result = parseContract(value);
  if (!isFault(result)) return 'no fault';
  return [result.fault, result.field, result.expected, result.found]
    .filter((part) => part !== undefined)
    .join(' | ');
}

/** The contract with the value at `path` replaced; undefined removes it. */
function changed(contract: Wire, path: string, value: unknown): Wire {
  const copy = structuredClone(contract);
  const steps = path.split('.');
  const last = steps.pop() as string;
  let at = copy;
  for (const step of steps) at = at[step] as Wire;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe('a contract', () => {
  it('has the canonical bytes and the chain id that it had in the first version, forever', () => {
    const token = parsed(tokenContract());
    expect(contractText(token)).toBe(TOKEN_TEXT);
    expect(chainId(token)).toBe('502a113683a758a556004024518041a8e0ef751d8110d034ef0b43b0cdb0348e');
    const information = parsed(informationContract());
    expect(contractText(information)).toBe(
      '{"created_at":1760000000000,"kind":"information","name":"information",' +
        '"producer":"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",' +
        '"schedule":{"interval_ms":10000,"max_entries":1000,"seal_empty":false},"version":1}',
    );
    expect(chainId(information)).toBe('728698ac542177fa3e44dc8a5a3dbfdebdd2b6bc0ea678d073861751075dda5f');
  });

  it('is read, field by field', () => {
    expect(parsed(tokenContract())).toEqual({
      kind: 'token',
      name: 'aka',
      producer: '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
      createdAt: 1_760_000_000_000,
      schedule: { intervalMs: 10_000, maxEntries: 1000, sealEmpty: false },
      symbol: 'AKA',
      decimals: 18,
      feeRate: 50_000_000_000_000n,
      feeWallet: 'bpsc_wallet_address',
      feeDisposition: 'collect',
      wallets: { policy: 'open', allocations: [], issuer: undefined },
    });
    expect(parsed(informationContract())).toEqual({
      kind: 'information',
      name: 'information',
      producer: '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
      createdAt: 1_760_000_000_000,
      schedule: { intervalMs: 10_000, maxEntries: 1000, sealEmpty: false },
    });
  });

  it('comes back from its wire form unchanged, and its id is the hash of the text sent', () => {
    const count = fc.option(fc.integer({ min: 1, max: 10_000 }));
    const contract = fc
      .record({
        name: fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/),
        created_at: fc.maxSafeNat(),
        schedule: fc.record({ interval_ms: count, max_entries: count, seal_empty: fc.boolean() }),
        token: fc.record({
          symbol: walletName.filter((name) => [...name].length <= 32),
          decimals: fc.integer({ min: 0, max: 18 }),
        }),
        fee: fc.record({
          rate: fc.constantFrom('0', '0.5', '0.00005', '0.000000000000000001', '0.999999999999999999'),
          wallet: walletName,
          disposition: fc.constantFrom('collect', 'burn'),
        }),
      })
      .map((parts) => tokenContract(parts));
    fc.assert(
      fc.property(contract, (wire) => {
        const text = canonicalize(wire) as string;
        expect(canonicalize(contractJson(parsed(wire)))).toBe(text);
        expect(contractText(parsed(wire))).toBe(text);
        expect(chainId(parsed(wire))).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });

  it('limits its blocks to 10,000 entries if it sets no count', () => {
    const schedule = (maxEntries: number | null): Wire => ({
      interval_ms: null,
      max_entries: maxEntries,
      seal_empty: true,
    });
    expect(blockEntriesMax(parsed(tokenContract({ schedule: schedule(null) })))).toBe(10_000);
    expect(blockEntriesMax(parsed(tokenContract({ schedule: schedule(1) })))).toBe(1);
  });
});

describe('a contract with any change is a different chain:', () => {
  it.each<[string, unknown]>([
    ['name', 'akb'],
    ['producer', '02'.repeat(32)],
    ['created_at', 1_760_000_000_001],
    ['created_at', 0],
    ['schedule.interval_ms', 9_999],
    ['schedule.interval_ms', null],
    ['schedule.interval_ms', 2_147_483_647],
    ['schedule.max_entries', 10_000],
    ['schedule.max_entries', null],
    ['schedule.seal_empty', true],
    ['token.symbol', 'AKB'],
    ['token.symbol', '\u{1f600}'.repeat(32)],
    ['token.decimals', 0],
    ['fee.rate', '0'],
    ['fee.rate', '0.999999999999999999'],
    ['fee.wallet', 'another'],
    ['fee.disposition', 'burn'],
    ['wallets.issuer', 'x'],
    ['wallets.allocations', [{ address: 'alice', amount: '0.000000000000000001' }]],
  ])('%s %p', (path, value) => {
    const contract = parsed(changed(tokenContract(), path, value));
    expect(contractText(contract)).toBe(canonicalize(changed(tokenContract(), path, value)));
    expect(chainId(contract)).not.toBe(chainId(parsed(tokenContract())));
  });
});

describe('a contract is refused', () => {
  const NAME = 'a name like ^[a-z][a-z0-9-]{0,31}$';
  const INTERVAL = 'null or 1 to 2147483647';
  const ENTRIES = 'null or 1 to 10000';

  it.each<[string, unknown, string]>([
    ['version', 2, 'VERSION_MISMATCH | contract.version | 1 | 2'],
    ['version', '1', 'VERSION_MISMATCH | contract.version | 1 | "1"'],
    ['version', undefined, 'VERSION_MISMATCH | contract.version | 1 | nothing'],
    ['kind', 'coin', 'MALFORMED | contract.kind | "token" or "information" | "coin"'],
    ['kind', undefined, 'MALFORMED | contract.kind | "token" or "information" | nothing'],
    ['kind', 'information', 'UNSUPPORTED | contract.token | {"symbol":"AKA","decimals":18}'],
    ['name', 'AKA', `MALFORMED | contract.name | ${NAME} | "AKA"`],
    ['name', '1a', `MALFORMED | contract.name | ${NAME} | "1a"`],
    ['name', 'a\n', `MALFORMED | contract.name | ${NAME} | "a\\n"`],
    ['name', 'a'.repeat(33), `MALFORMED | contract.name | ${NAME} | "${'a'.repeat(33)}"`],
    ['name', ['aka'], `MALFORMED | contract.name | ${NAME} | ["aka"]`],
    ['name', undefined, `MALFORMED | contract.name | ${NAME} | nothing`],
    ['producer', 'ab', 'MALFORMED | contract.producer | 64 lower-case hex digits | "ab"'],
    ['producer', undefined, 'MALFORMED | contract.producer | 64 lower-case hex digits | nothing'],
    ['created_at', -1, 'MALFORMED | contract.created_at | milliseconds since 1970 | -1'],
    ['created_at', 1.5, 'MALFORMED | contract.created_at | milliseconds since 1970 | 1.5'],
    ['created_at', 2 ** 53, 'MALFORMED | contract.created_at | milliseconds since 1970 | 9007199254740992'],
    ['created_at', '1', 'MALFORMED | contract.created_at | milliseconds since 1970 | "1"'],
    ['created_at', undefined, 'MALFORMED | contract.created_at | milliseconds since 1970 | nothing'],
    [
      'schedule',
      undefined,
      'MALFORMED | contract.schedule | interval_ms, max_entries and seal_empty | nothing',
    ],
    ['schedule', [], 'MALFORMED | contract.schedule | interval_ms, max_entries and seal_empty | []'],
    [
      'schedule.extra',
      1,
      'MALFORMED | contract.schedule | interval_ms, max_entries and seal_empty | {"interval_ms":10000,"max_entries":1000,"seal_empty":false,"extra":1}',
    ],
    ['schedule.interval_ms', 0, `MALFORMED | contract.schedule.interval_ms | ${INTERVAL} | 0`],
    ['schedule.interval_ms', 2 ** 31, `MALFORMED | contract.schedule.interval_ms | ${INTERVAL} | 2147483648`],
    ['schedule.interval_ms', '1', `MALFORMED | contract.schedule.interval_ms | ${INTERVAL} | "1"`],
    ['schedule.max_entries', 0, `MALFORMED | contract.schedule.max_entries | ${ENTRIES} | 0`],
    ['schedule.max_entries', 10_001, `MALFORMED | contract.schedule.max_entries | ${ENTRIES} | 10001`],
    ['schedule.seal_empty', 0, 'MALFORMED | contract.schedule.seal_empty | true or false | 0'],
    ['token', undefined, 'MALFORMED | contract.token | symbol and decimals | nothing'],
    [
      'token.name',
      'x',
      'MALFORMED | contract.token | symbol and decimals | {"symbol":"AKA","decimals":18,"name":"x"}',
    ],
    ['token.symbol', '', 'MALFORMED | contract.token.symbol | 1 to 32 characters | ""'],
    [
      'token.symbol',
      'x'.repeat(33),
      `MALFORMED | contract.token.symbol | 1 to 32 characters | "${'x'.repeat(33)}"`,
    ],
    ['token.symbol', '\ud800', 'MALFORMED | contract.token.symbol | 1 to 32 characters | "\\ud800"'],
    ['token.decimals', 19, 'MALFORMED | contract.token.decimals | a number from 0 to 18 | 19'],
    ['token.decimals', -1, 'MALFORMED | contract.token.decimals | a number from 0 to 18 | -1'],
    ['token.decimals', '18', 'MALFORMED | contract.token.decimals | a number from 0 to 18 | "18"'],
    ['fee', null, 'MALFORMED | contract.fee | rate, wallet and disposition | null'],
    ['fee.rate', '1', 'MALFORMED | contract.fee.rate | "0" up to but not including "1" | "1"'],
    ['fee.rate', '0.50', 'MALFORMED | contract.fee.rate | "0" up to but not including "1" | "0.50"'],
    ['fee.rate', 0.5, 'MALFORMED | contract.fee.rate | "0" up to but not including "1" | 0.5'],
    [
      'fee.rate',
      `0.${'0'.repeat(18)}1`,
      `MALFORMED | contract.fee.rate | "0" up to but not including "1" | "0.${'0'.repeat(18)}1"`,
    ],
    ['fee.wallet', ' x', 'MALFORMED | contract.fee.wallet | a wallet address | " x"'],
    ['fee.disposition', 'keep', 'MALFORMED | contract.fee.disposition | "collect" or "burn" | "keep"'],
    ['wallets', undefined, 'MALFORMED | contract.wallets | policy and allocations | nothing'],
    ['wallets', 'open', 'MALFORMED | contract.wallets | policy and allocations | "open"'],
    // Under the policy `signed` all wallets are addresses, the fee wallet included.
    [
      'wallets.policy',
      'signed',
      'MALFORMED | contract.fee.wallet | a wallet address | "bpsc_wallet_address"',
    ],
    ['wallets.allocations', [1], 'MALFORMED | contract.wallets.allocations[0] | address and amount | 1'],
    [
      'wallets.allocations',
      { length: 0 },
      'MALFORMED | contract.wallets.allocations | an array | {"length":0}',
    ],
    ['wallets.extra', 1, 'UNSUPPORTED | contract.wallets.extra | 1'],
    ['extra', true, 'UNSUPPORTED | contract.extra | true'],
  ])('with %s %p', (path, value, expected) => {
    expect(faultOf(changed(tokenContract(), path, value))).toBe(expected);
  });

  it('with the key __proto__, wherever it is', () => {
    const text = JSON.stringify(tokenContract());
    const outer = JSON.parse(text.replace('{', '{"__proto__":{"version":1},')) as unknown;
    expect(faultOf(outer)).toBe('UNSUPPORTED | contract.__proto__ | {"version":1}');
    for (const name of ['schedule', 'token', 'fee']) {
      const inner = JSON.parse(text.replace(`"${name}":{`, `"${name}":{"__proto__":{},`)) as unknown;
      expect(faultOf(inner)).toMatch(new RegExp(`^MALFORMED \\| contract\\.${name} \\| `));
    }
  });

  it.each<[unknown, string]>([
    [null, 'MALFORMED | contract | an object | null'],
    [undefined, 'MALFORMED | contract | an object | nothing'],
    [[], 'MALFORMED | contract | an object | []'],
    ['{}', 'MALFORMED | contract | an object | "{}"'],
    [1, 'MALFORMED | contract | an object | 1'],
    [{}, 'VERSION_MISMATCH | contract.version | 1 | nothing'],
  ])('when it is %p', (value, expected) => {
    expect(faultOf(value)).toBe(expected);
  });

  it('without an exception, whatever replaces any field', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    const hostile = [
      null,
      [],
      {},
      '',
      0,
      -0,
      1e308,
      true,
      deep,
      { toString: 1, valueOf: 1, toJSON: 1, length: -1 },
    ];
    for (const contract of [tokenContract(), informationContract()]) {
      for (const name of Object.keys(contract)) {
        for (const value of hostile) {
          if (name === 'created_at' && Object.is(value, 0)) continue;
          expect(faultOf({ ...contract, [name]: value })).not.toBe('no fault');
        }
      }
    }
  });
});
