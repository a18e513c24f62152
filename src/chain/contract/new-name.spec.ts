import fc from 'fast-check';
import { isName } from '../entry/entry-fields.js';
import { invisibleProblem, isDotSegment, newNameProblem } from './new-name.js';

/** Names that look identical to another one. */
const hidden = (at: (character: string) => string): readonly (readonly [string, string])[] =>
  [
    ...[
      0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e,
      0x200f,
    ],
    ...[
      0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2065,
    ],
    ...[
      0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f, 0x2800, 0x3164, 0xfe00, 0xfe0e, 0xfe0f, 0xfeff, 0xffa0,
    ],
    ...[0xfff9, 0xfffb, 0x13430, 0x1bca0, 0x1d173, 0xe0001, 0xe0020, 0xe0061, 0xe007f, 0xe0100, 0xe01ef],
  ].map((code) => [`U+${code.toString(16).toUpperCase().padStart(4, '0')}`, at(String.fromCodePoint(code))]);

describe('a new name', () => {
  it.each(['.', '..'])('is not %s, which the path of a URL can’t contain', (name) => {
    expect(isDotSegment(name)).toBe(true);
    expect(newNameProblem(name)).toBe('must not be . or .., which the path of a URL can’t contain');
    expect(new URL(`http://a/wallets/${encodeURIComponent(name)}`).pathname).not.toContain(name);
  });

  it.each(['...', '.a', 'a..b', '. .', '%2e', '%2e%2e', '..%2f', 'a/../b', '\\..', '.%2e', '/', '?', '#'])(
    'may be %s, which a path can contain',
    (name) => {
      expect(newNameProblem(name)).toBeUndefined();
      const { pathname } = new URL(`http://a/wallets/${encodeURIComponent(name)}`);
      expect(decodeURIComponent(pathname.slice('/wallets/'.length))).toBe(name);
    },
  );

  it.each(hidden((character) => `ali${character}ce`))('has no %s between Latin letters', (code, name) => {
    expect(newNameProblem(name)).toBe(
      `must not contain invisible characters such as ${code}: two names that look alike would be different wallets`,
    );
  });

  it.each([...hidden((character) => character), ...hidden((character) => `${character}a`)])(
    'has no %s at its beginning, nor consists of it',
    (code, name) => {
      expect(newNameProblem(name)).toContain(code);
    },
  );

  it.each([
    ['a reversed end', 'evil\u202egnp.exe'],
    ['a digit with a presentation', '1\ufe0f'],
    ['an emoji with two presentations', '\u2764\ufe0f\ufe0f'],
    ['a joiner after an emoji', '👩\u200d'],
    ['two joiners between emoji', '👩\u200d\u200d🚀'],
    ['an emoji that is joined to a letter', '👩\u200da'],
    ['a joiner between Greek letters', 'α\u200dβ'],
    ['a joiner between Chinese characters', '中\u200d文'],
    ['a joiner after a word of Arabic', 'علی\u200c'],
    ['two non-joiners', 'می\u200c\u200cخواهم'],
    [
      'text in tags',
      `\u{1f3f4}${[...'secret'].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('')}\u{e007f}`,
    ],
    ['a tag after an emoji', '😀\u{e0061}'],
    ['a variation of a variation', '葛\u{e0100}\u{e0101}'],
    ['a left-to-right mark in Hebrew', 'שלום\u200e'],
  ])('has no %s', (_what, name) => {
    expect(newNameProblem(name)).toMatch(/^must not contain invisible characters such as U\+/);
  });

  it.each([
    ...[
      'alice',
      '爱丽丝',
      'نورا 😀',
      'محمد عبد الله',
      'שלום',
      'Zoë',
      'Ἀλέξανδρος',
      'Дмитрий',
      '山田　太郎',
      'a b',
    ],
    // Persian, Kurdish, Urdu; Sinhala, Bengali, Marathi, Tamil, Malayalam (at the end), Kannada, Khmer
    ...[
      'می\u200cخواهم',
      'نامه\u200cای',
      'ශ්\u200dරී',
      'র\u200d্যাব',
      'र्\u200dयाला',
      'க்\u200cஷ',
      'അവന്\u200d',
      'ರ್\u200cಕ',
    ],
    // Mongolian: variation selector, vowel separator
    ...['ᠨᠠᠷ\u180eᠠ', 'ᠭ\u180bᠠ'],
    // families, professions, skin, flags, keycaps, hearts, text presentation, hair, direction
    ...[
      '👨\u200d👩\u200d👧\u200d👦',
      '👩🏽\u200d🚀',
      '🏳\ufe0f\u200d🌈',
      '🏴\u200d☠\ufe0f',
      '1\ufe0f\u20e3',
      '❤\ufe0f',
      '☎\ufe0e',
      '🇩🇪',
    ],
    ...[
      '👨🏿\u200d🦰',
      '🏃\u200d➡\ufe0f',
      '👁\ufe0f\u200d🗨\ufe0f',
      '🧑🏻\u200d❤\ufe0f\u200d💋\u200d🧑🏼',
      '⭐\ufe0f',
      '👍🏽',
    ],
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    // ideographic variation in a Japanese name, a standardised one, dotted Shan, Arabic number sign
    ...['葛\u{e0100}城', '侮\ufe00', 'ꩡ\ufe00', '\u06001', '\u{13080}\u{13430}\u{13081}'],
  ])('may be %s', (name) => {
    expect(isName(name)).toBe(true);
    expect(newNameProblem(name)).toBeUndefined();
  });

  it('may have one variation selector for a Mongolian letter, and no row of them', () => {
    expect(newNameProblem('ᠨ\u180b\u180eᠠ')).toBeUndefined();
    expect(newNameProblem('ᠠ\u180b')).toBeUndefined();
    expect(newNameProblem('ᠠ\u180b\u180b')).toContain('U+180B');
    expect(newNameProblem('ᠠ\u180b\u180e\u180e')).toContain('U+180E');
  });

  it('never overrides the text direction, and never hides three characters in a row', () => {
    const piece = fc.constantFrom(
      ...['a', '1', '👩', '🚀', '❤', '葛', 'م', 'ي', 'क', '्', 'ᠠ', '\u{1f3f4}', '🏽', ' '],
      ...['\u200c', '\u200d', '\ufe0f', '\u{e0100}', '\u180b', '\u{e0067}', '\u{e007f}', '\u202e', '\u200b'],
    );
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 12 }), (name) => {
        if (newNameProblem(name) !== undefined) return;
        const run = '(?:\\u200c|\\u200d|\\ufe0f|\\u{e0100}|\\u180b)';
        expect(name).not.toMatch(new RegExp(`\\u200b|\\u202e|${run}{3}|^${run}`, 'u'));
      }),
      { numRuns: 2000 },
    );
  });

  it('is checked in linear time, whatever it consists of', () => {
    for (const unit of ['👩\u200d', '\u200c', 'م\u200c', '1\ufe0f', '\u{1f3f4}\u{e0067}', '्\u200d', ' ']) {
      expect(typeof newNameProblem(unit.repeat(100_000) + '\u200b')).toBe('string');
    }
  });
});

it('allows a symbol to be two dots', () => {
  expect(invisibleProblem('..')).toBeUndefined();
  expect(invisibleProblem('A\u200bKA')).toContain('U+200B');
});
