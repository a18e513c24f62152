/**
 * Detects characters that are invisible or reorder the text around them (`evil<U+202E>gnp.exe` looks like
 * `evilexe.png`), and makes them visible. They may be on a chain: code that shows text from outside must use this.
 */

const ASCII = /^[ -~]*$/;

/**
 * Characters that are invisible by themselves: those that Unicode allows to be ignored in display (joiners, variation
 * selectors, tags, fillers), those that change the direction of others, other format characters, line and paragraph
 * separators, the blank braille pattern, control characters, and lone surrogates. Format characters that are visible,
 * before a number (Prepended_Concatenation_Mark), are excluded.
 */
const HIDDEN =
  /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}\p{Zl}\p{Zp}\u2800\p{Cc}\p{Cs}]/u;

/** Scripts in which a joiner or a non-joiner between two letters makes a different text. */
const JOINING_SCRIPTS = [
  ...['Arab', 'Syrc', 'Mand', 'Mong', 'Nkoo', 'Adlm', 'Rohg', 'Phag'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh'],
  ...['Mymr', 'Khmr', 'Tibt', 'Java', 'Bali', 'Newa'],
];
/** A letter or a mark of these scripts. */
const JOINING = `(?=[\\p{L}\\p{M}])[${JOINING_SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`;
/** Signs that remove a letter's vowel. A joiner may also follow at the end of a word, as in Malayalam's chillu. */
const VIRAMA =
  '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca\\u1039\\u103a\\u17d2\\u1b44\\ua9c0]';
/** An emoji with its presentation or skin tone (UTS #51). */
const EMOJI = '\\p{Extended_Pictographic}(?:[\\ufe0e\\ufe0f]|\\p{Emoji_Modifier})?';

/** Contexts in which such characters are part of the visible text. */
const NEEDED = [
  // Emoji: keycaps; the flags of England, Scotland and Wales; one emoji or several joined into one.
  '[0-9#*]\\ufe0f\\u20e3',
  ...['gbeng', 'gbsct', 'gbwls'].map((region) => `\\u{1f3f4}${tags(region)}\\u{e007f}`),
  `${EMOJI}(?:\\u200d${EMOJI})*`,
  // Joiners in scripts that need them (compare RFC 5892, appendix A).
  `(?<=${VIRAMA})[\\u200c\\u200d]`,
  `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
  // Variants of characters: ideographs, as in Japanese names; Mongolian letters; dotted forms in Myanmar and Phags-pa.
  '\\p{Unified_Ideograph}[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  // One selector a letter: Unicode counts the selectors themselves as Mongolian, too.
  '(?<=(?![\\u180b-\\u180f])\\p{sc=Mong})(?:[\\u180b-\\u180d\\u180f]\\u180e?|\\u180e)',
  '[\\p{sc=Mymr}\\p{sc=Phag}]\\ufe00',
  // The arrangement of Egyptian hieroglyphs.
  '(?<=\\p{sc=Egyp})[\\u{13430}-\\u{1343f}]',
].join('|');
const NEEDED_OR_HIDDEN = new RegExp(`(${NEEDED})|${HIDDEN.source}`, 'gu');

function tags(letters: string): string {
  return [...letters].map((letter) => `\\u{e00${letter.charCodeAt(0).toString(16)}}`).join('');
}

/** For a page: `evil⟨U+202E⟩gnp.exe`. Line feeds and tabs count as hidden characters, too. */
export function visible(text: string): string {
  return marked(text, (code) => `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** For a terminal or a log, with JSON escapes: `evil\u202egnp.exe`. */
export function escaped(text: string): string {
  return marked(text, escape);
}

/** Equivalent JSON without hidden characters; line feeds between its tokens stay. */
export function escapedJson(json: string): string {
  return marked(json, (code) => (code === LINE_FEED ? '\n' : escape(code)));
}

const LINE_FEED = 0x0a;

function escape(code: number): string {
  const character = String.fromCodePoint(code);
  return Array.from({ length: character.length }, (_, unit) => character.charCodeAt(unit))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

/**
 * The code point of the first hidden character; undefined if there is none. Most texts are ASCII, which is a quick
 * check.
 */
export function hiddenCharacter(text: string): number | undefined {
  if (ASCII.test(text) || !HIDDEN.test(text)) return undefined;
  for (const [character, needed] of text.matchAll(NEEDED_OR_HIDDEN)) {
    if (needed === undefined) return character.codePointAt(0);
  }
  return undefined;
}

function marked(text: string, mark: (code: number) => string): string {
  if (ASCII.test(text) || !HIDDEN.test(text)) return text;
  return text.replace(NEEDED_OR_HIDDEN, (character, needed: string | undefined) =>
    needed === undefined ? mark(character.codePointAt(0) as number) : character,
  );
}
