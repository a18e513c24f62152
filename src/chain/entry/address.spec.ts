import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { BECH32, bech32, wordsOf } from '../../../test/support/bech32m.js';
import { ALICE, BOB, walletAddress } from '../../../test/support/chain-builder.js';
import { ADDRESS_EXPECTED, addressOf, isAddress } from './address.js';
import type { PublicKey } from '../bytes/bytes.js';

const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const publicKey = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as PublicKey);
const keyHash = Buffer.from(createHash('sha256').update(Buffer.from(ALICE.publicKey, 'hex')).digest());

/** A valid address except for the given parts. */
function made({
  prefix = 'bp',
  version = 0,
  hash = keyHash.subarray(0, 20) as Uint8Array,
  words = wordsOf(Buffer.concat([Buffer.of(version), hash])),
  constant = undefined as number | undefined,
}): string {
  return bech32(prefix, words, constant);
}

describe('the encoder with which these tests make addresses', () => {
  it('makes the valid texts of BIP 350', () => {
    const ones = Array.from({ length: 82 }, () => 31);
    expect(bech32('a', [])).toBe('a1lqfn3a');
    expect(bech32('?', [])).toBe('?1v759aa');
    expect(
      bech32(
        'abcdef',
        Array.from({ length: 32 }, (_, i) => 31 - i),
      ),
    ).toBe('abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx');
    expect(bech32('1', ones)).toBe(`11${'l'.repeat(82)}ludsr8`);
    const prefix = 'an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber1';
    expect(bech32(prefix, [])).toBe(`${prefix}1sg7hg6`);
  });
});

describe('an address', () => {
  it('is the same as in the first version, forever', () => {
    expect(addressOf(ALICE.publicKey as PublicKey)).toBe('bp1qpes5hku9rp03khjm8ww8gqatus9ud0925cxqdtr');
    expect(addressOf('00'.repeat(32) as PublicKey)).toBe('bp1qpnxs74dlp3t6amv3lqchr5l3csq39c5s5ffvjf0');
  });

  it('is bech32m of a version and 20 bytes of the hash of a key, for any key', () => {
    fc.assert(
      fc.property(publicKey, (key) => {
        const address = addressOf(key);
        expect(address).toBe(walletAddress(key));
        expect(address).toMatch(/^bp1[02-9ac-hj-np-z]{40}$/);
        expect(isAddress(address)).toBe(true);
      }),
    );
  });

  it('is described correctly', () => {
    expect(ADDRESS_EXPECTED).toBe(
      "must be a wallet's address: bp1 followed by 40 characters, with a valid checksum",
    );
    expect(ALICE.address).toHaveLength('bp1'.length + 40);
  });
});

describe('no address is', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an array with one', [ALICE.address]],
    ['an object whose toString returns one', { toString: () => ALICE.address, length: 43 }],
    ['an empty text', ''],
    ['a name', 'bpsc_wallet_address'],
    ['one in upper case, which bech32m would accept', ALICE.address.toUpperCase()],
    ['one in mixed case', ALICE.address.replace(/[a-z](?=[^a-z]*$)/, (last) => last.toUpperCase())],
    ['one with an upper-case prefix', ALICE.address.replace('bp', 'BP')],
    ['one with white space before it', ` ${ALICE.address}`],
    ['one with a line feed after it', `${ALICE.address}\n`],
    ['one with one character too many', `${ALICE.address}q`],
    ['one with one character too few', ALICE.address.slice(0, -1)],
    ['one without a separator', ALICE.address.replace('1', '')],
    ['one with letters that look alike', ALICE.address.replace('bp', '\u0431p')],
    ['43 characters beyond ASCII', '\u212a'.repeat(43)],
  ])('%s', (_what, value) => {
    expect(isAddress(value)).toBe(false);
  });

  it.each<[string, string]>([
    ['another prefix', made({ prefix: 'bc' })],
    ['another prefix of the same letters', made({ prefix: 'pb' })],
    ['a longer prefix and one byte fewer', made({ prefix: 'bpx', hash: keyHash.subarray(0, 19) })],
    ['version 1', made({ version: 1 })],
    ['version 255', made({ version: 255 })],
    ['a hash of 19 bytes', made({ hash: keyHash.subarray(0, 19) })],
    ['a hash of 21 bytes', made({ hash: keyHash.subarray(0, 21) })],
    ['a hash of 32 bytes', made({ hash: keyHash })],
    ['nothing in it', made({ words: [] })],
    ['an additional word of zeros', made({ words: [...wordsOf(Buffer.alloc(21)), 0] })],
    ['the checksum of BIP 173', made({ constant: BECH32 })],
  ])('one of %s, its checksum being right', (_what, address) => {
    expect(isAddress(address)).toBe(false);
  });

  it('one whose last word is padded with anything other than zeros', () => {
    const words = wordsOf(Buffer.concat([Buffer.of(0), keyHash.subarray(0, 20)]));
    const last = words.at(-1) as number;
    expect(words).toHaveLength(34);
    expect(isAddress(made({ words }))).toBe(true);
    for (const padding of [1, 2, 3]) {
      expect(isAddress(made({ words: [...words.slice(0, -1), last + padding] }))).toBe(false);
    }
  });

  it.each([
    '\u00201xj0phk',
    '\u007f1g6xzxy',
    '\u00801vctc34',
    'qyrz8wqd2c9m',
    '1qyrz8wqd2c9m',
    'y1b0jsk6g',
    'lt1igcx5c0',
    'in1muywd',
    'mm1crxm3i',
    'au1s5cgom',
    'M1VUXWEZ',
    '16plkw9',
    '1p2gdwpf',
    'A1LQFN3A',
    'a1lqfn3a',
    'abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx',
    'split1checkupstagehandshakeupstreamerranterredcaperredlc445v',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
  ])('%j, which BIP 350 has among its texts', (text) => {
    expect(isAddress(text)).toBe(false);
  });

  it('one in which up to four characters were mistyped, wherever they are', () => {
    const change = fc.record({
      at: fc.nat(ALICE.address.length - 1),
      by: fc.oneof(
        fc.constantFrom(...CHARACTERS),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(publicKey, fc.array(change, { minLength: 1, maxLength: 4 }), (key, changes) => {
        const address = addressOf(key);
        const characters = [...address];
        for (const { at, by } of changes) characters[at] = by;
        fc.pre(characters.join('') !== address);
        expect(isAddress(characters.join(''))).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('one in which one character was replaced by any other, or two adjacent ones were swapped', () => {
    for (const { address } of [ALICE, BOB]) {
      for (let at = 0; at < address.length; at++) {
        const [before, after] = [address.slice(0, at), address.slice(at + 1)];
        for (const other of `${CHARACTERS}1bio -`) {
          if (other !== address[at]) expect(isAddress(before + other + after)).toBe(false);
        }
        const swapped = before + (address[at + 1] ?? '') + (address[at] as string) + address.slice(at + 2);
        if (swapped !== address) expect(isAddress(swapped)).toBe(false);
      }
    }
  });

  it('one of which a part was omitted or duplicated', () => {
    for (let at = 0; at < ALICE.address.length; at++) {
      const [before, after] = [ALICE.address.slice(0, at), ALICE.address.slice(at)];
      expect(isAddress(before + after.slice(1))).toBe(false);
      expect(isAddress(`${before}${after.slice(0, 1)}${after}`)).toBe(false);
    }
  });
});
