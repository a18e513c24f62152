import { escaped, escapedJson, hiddenCharacter, visible } from './hidden-characters.js';

const CHARACTER = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('hidden characters', () => {
  it.each([
    ['evil\u202egnp.exe', 'evil⟨U+202E⟩gnp.exe', 'evil\\u202egnp.exe'],
    ['al\u200bice', 'al⟨U+200B⟩ice', 'al\\u200bice'],
    ['\ufeffalice', '⟨U+FEFF⟩alice', '\\ufeffalice'],
    ['a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩', 'a\\u2066b\\u2069'],
    ['a\u061cb', 'a⟨U+061C⟩b', 'a\\u061cb'],
    ['a\u00adb', 'a⟨U+00AD⟩b', 'a\\u00adb'],
    ['a\u2028b', 'a⟨U+2028⟩b', 'a\\u2028b'],
    ['a\u3164b', 'a⟨U+3164⟩b', 'a\\u3164b'],
    ['a\u{e0041}b', 'a⟨U+E0041⟩b', 'a\\udb40\\udc41b'],
    ['a\u001b[2J', 'a⟨U+001B⟩[2J', 'a\\u001b[2J'],
    ['a\ud800b', 'a⟨U+D800⟩b', 'a\\ud800b'],
    // A joiner where there is nothing to join.
    ['al\u200dice', 'al⟨U+200D⟩ice', 'al\\u200dice'],
    ['👍\u200dx', '👍⟨U+200D⟩x', '👍\\u200dx'],
    ['1\ufe0f', '1⟨U+FE0F⟩', '1\\ufe0f'],
    ['a\ufe0f', 'a⟨U+FE0F⟩', 'a\\ufe0f'],
  ])('%j is shown as %s', (text, page, terminal) => {
    expect([visible(text), escaped(text)]).toEqual([page, terminal]);
    expect(hiddenCharacter(text)).toBe(CHARACTER.exec(text)?.[0].codePointAt(0));
  });

  it.each([
    'alice',
    'Zoë ü ñ',
    'שלום-קרן',
    'مریم',
    '王小明',
    '👩\u200d🚀',
    '👩🏽\u200d❤\ufe0f\u200d👩',
    '❤\ufe0f',
    '1\ufe0f⃣',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'می\u200cخواهم',
    'ක්\u200dෂ',
    'क्\u200dष',
    '葛\u{e0100}城',
    '⟨U+202E⟩',
  ])('%s can be seen, and stays', (text) => {
    expect([visible(text), escaped(text), hiddenCharacter(text)]).toEqual([text, text, undefined]);
  });

  it('leaves no invisible character unmarked', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      if (!CHARACTER.test(character) || visible(`x${character}x`) !== `x${character}x`) continue;
      // Arabic number signs are visible.
      expect('؀؁؂؃؄؅۝܏࢐࢑࣢𑂽𑃍').toContain(character);
    }
  });

  it('returns equivalent JSON', () => {
    const value = { 'a\u202e': ['\u200b', '\u{e0041}', '👩\u200d🚀'] };
    expect(JSON.parse(escapedJson(JSON.stringify(value, undefined, 2)))).toEqual(value);
    expect(escapedJson('{\n  "a": "\u202e"\n}')).toBe('{\n  "a": "\\u202e"\n}');
  });
});
