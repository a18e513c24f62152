import fc from 'fast-check';
import { withoutNodeCrypto } from '../../../test/support/without-node-crypto.js';
import type * as Bytes from './bytes.js';
import { equalBytes, fromHex, hashHex, parseHash, parsePublicKey, parseSignature, toHex } from './bytes.js';

const nobleToHex = withoutNodeCrypto(() => jest.requireActual<typeof Bytes>('./bytes.js').toHex);

describe.each([
  ['a hash', parseHash, 64],
  ['a public key', parsePublicKey, 64],
  ['a signature', parseSignature, 128],
])('%s', (_what, parse, digits) => {
  it(`is ${digits} lower-case hex digits`, () => {
    expect(parse('0a'.repeat(digits / 2))).toBe('0a'.repeat(digits / 2));
  });

  it.each([
    ['upper case', '0A'.repeat(digits / 2)],
    ['a digit too few', 'a'.repeat(digits - 1)],
    ['one digit too many', 'a'.repeat(digits + 1)],
    ['another letter', 'g'.repeat(digits)],
    ['a line feed after it', `${'a'.repeat(digits)}\n`],
    ['a prefix', `0x${'a'.repeat(digits - 2)}`],
    ['nothing', undefined],
    ['null', null],
    ['a number', 12],
    ['an array that prints the same', ['a'.repeat(digits)]],
  ])('is not %s', (_wrong, value) => {
    expect(parse(value)).toBeUndefined();
  });
});

describe('bytes', () => {
  it('become hex digits and come back', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    expect([...fromHex(toHex(bytes))]).toEqual([...bytes]);
    expect(hashHex(bytes.subarray(0, 2))).toBe('0001');
  });

  it("become the same hex digits with Node's Buffer and with noble's, as in a browser, also for part of a buffer", () => {
    expect(nobleToHex).not.toBe(toHex);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toHex(bytes)).toBe(nobleToHex(bytes));
        expect(toHex(bytes.subarray(1))).toBe(nobleToHex(bytes.slice(1)));
      }),
    );
  });

  it('are equal when every byte is', () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(), Uint8Array.of())).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
  });
});
