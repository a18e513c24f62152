import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { withoutNodeCrypto } from '../../../test/support/without-node-crypto.js';
import { toHex } from './bytes.js';
import type * as Sha256 from './sha256.js';
import { sha256 as nodeSha256 } from './sha256.js';

const nobleSha256 = withoutNodeCrypto(() => jest.requireActual<typeof Sha256>('./sha256.js').sha256);

describe.each([
  ["Node's own", nodeSha256],
  ["noble's, as in a browser,", nobleSha256],
])('%s SHA-256', (_what, sha256) => {
  // FIPS 180-2, appendix B, and the hash of nothing.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the standard hash of %p', (text, hex) => {
    expect(toHex(sha256(text))).toBe(hex);
  });

  it('hashes text as UTF-8 and bytes as they are, also part of a buffer', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (value) => {
        const expected = createHash('sha256').update(value, 'utf8').digest('hex');
        const padded = new TextEncoder().encode(`x${value}x`);
        expect(toHex(sha256(value))).toBe(expected);
        expect(toHex(sha256(padded.subarray(1, -1)))).toBe(expected);
      }),
    );
  });
});

it('has two different implementations under test', () => {
  expect(nobleSha256).not.toBe(nodeSha256);
  expect(nodeSha256('')).toBeInstanceOf(Buffer);
  expect(nobleSha256('')).not.toBeInstanceOf(Buffer);
});
