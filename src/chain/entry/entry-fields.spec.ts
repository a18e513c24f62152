import fc from 'fast-check';
import { nastyString } from '../../../test/support/arbitraries.js';
import { isMemo, isName, isNonce, utf8Length } from './entry-fields.js';

describe('a name', () => {
  it.each([
    'a',
    'bpsc_wallet_address',
    'Ada Lovelace',
    '\u0153uvre',
    'a\u200bb',
    '\u{1f600}',
    'x'.repeat(128),
    '\u{1f600}'.repeat(128),
    'a"\\/<>&b',
    'a\u2028b',
  ])('may be %p', (name) => {
    expect(isName(name)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['empty', ''],
    ['129 characters', 'x'.repeat(129)],
    ['129 characters beyond the BMP', '\u{1f600}'.repeat(129)],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['with a space before', ' a'],
    ['with a space after', 'a '],
    ['white space only', ' '],
    ['with a no-break space after', 'a\u00a0'],
    ['with an ideographic space before', '\u3000a'],
    ['with a line separator after', 'a\u2028'],
    ['with NUL', 'a\0b'],
    ['with a line feed', 'a\nb'],
    ['with DEL', 'a\u007fb'],
    ['with a C1 control', 'a\u0085b'],
    ['with a lone surrogate', 'a\ud800b'],
    ['a number', 1],
    ['null', null],
    ['undefined', undefined],
    ['an array', ['a']],
  ])('may not be %s', (_what, name) => {
    expect(isName(name)).toBe(false);
  });
});

describe('a nonce', () => {
  it.each(['a', 'A-z_0.9:', '0'.repeat(64)])('may be %p', (nonce) => {
    expect(isNonce(nonce)).toBe(true);
  });

  it.each(['', 'a b', 'a\n', '\u00e9', '0'.repeat(65), 'a/b', 1, null, undefined, ['a']])(
    'may not be %p',
    (nonce) => {
      expect(isNonce(nonce)).toBe(false);
    },
  );
});

describe('a memo', () => {
  it.each(['', 'a\0\n', ' ', 'x'.repeat(256), '\u00e9'.repeat(128), '\u{1f600}'.repeat(64)])(
    'may be %p',
    (memo) => {
      expect(isMemo(memo)).toBe(true);
    },
  );

  it.each([
    'x'.repeat(257),
    '\u00e9'.repeat(129),
    `${'\u{1f600}'.repeat(64)}x`,
    '\ud800',
    1,
    null,
    undefined,
    {},
  ])('may not be %p', (memo) => {
    expect(isMemo(memo)).toBe(false);
  });
});

it('utf8Length is the number of UTF-8 bytes of a text', () => {
  fc.assert(
    fc.property(nastyString, (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
    }),
  );
});
