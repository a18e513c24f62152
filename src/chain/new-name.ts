/**
 * What a wallet's name may not be where it is new. A rule of intake alone, not of the protocol: names that are on a
 * chain already, or that another producer took, verify and can be read for ever.
 */

/** Whether a URL's path can't hold the name: `.` and `..` are resolved away, encoded or not (WHATWG URL, RFC 3986 5.2.4). */
export function isDotSegment(name: string): boolean {
  return name === '.' || name === '..';
}

/** Where a node serves the wallet. Older nodes have the first form alone. */
export function walletPath(name: string): string {
  const encoded = encodeURIComponent(name);
  return isDotSegment(name) ? `/wallets?address=${encoded}` : `/wallets/${encoded}`;
}

/** @returns a sentence that follows the field's name, where a new wallet can't be called this; undefined where it can */
export function newNameProblem(name: string): string | undefined {
  if (isDotSegment(name)) return 'must not be . or .., which the path of a URL can’t hold';
  return invisibleProblem(name);
}

/** The same for a text that no URL has to name, such as a token's symbol. */
export function invisibleProblem(text: string): string | undefined {
  const found = hiddenCharacter(text);
  if (found === undefined) return undefined;
  const code = found.toString(16).toUpperCase().padStart(4, '0');
  return `must not have invisible characters such as U+${code}: two names that look alike would be two wallets`;
}

const ASCII = /^[ -~]*$/;

/**
 * Characters that show nothing by themselves: what Unicode says may be ignored where it can't be shown (joiners,
 * variation selectors, tags, fillers), all that changes the direction of others, other format characters, separators of
 * lines and paragraphs, and the blank pattern of braille. Not among them: format characters that are shown, before a
 * number (Prepended_Concatenation_Mark).
 */
const HIDDEN =
  /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}\p{Zl}\p{Zp}\u2800]/u;

/** Scripts in which a joiner or a non-joiner between two letters makes another text. */
const JOINING_SCRIPTS = [
  ...['Arab', 'Syrc', 'Mand', 'Mong', 'Nkoo', 'Adlm', 'Rohg', 'Phag'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh'],
  ...['Mymr', 'Khmr', 'Tibt', 'Java', 'Bali', 'Newa'],
];
/** A letter or a mark of these. */
const JOINING = `(?=[\\p{L}\\p{M}])[${JOINING_SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`;
/** Signs that take away a letter's vowel. A joiner may follow at the end of a word too, as in Malayalam's chillu. */
const VIRAMA =
  '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca\\u1039\\u103a\\u17d2\\u1b44\\ua9c0]';
/** With its presentation or its skin (UTS #51). */
const EMOJI = '\\p{Extended_Pictographic}(?:[\\ufe0e\\ufe0f]|\\p{Emoji_Modifier})?';

/** Where such characters belong to what is shown. */
const NEEDED = new RegExp(
  [
    // Emoji: keycaps; the flags of England, Scotland and Wales; one or several that are joined to one.
    '[0-9#*]\\ufe0f\\u20e3',
    ...['gbeng', 'gbsct', 'gbwls'].map((region) => `\\u{1f3f4}${tags(region)}\\u{e007f}`),
    `${EMOJI}(?:\\u200d${EMOJI})*`,
    // Joiners in scripts that need them (compare RFC 5892, appendix A).
    `(?<=${VIRAMA})[\\u200c\\u200d]`,
    `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
    // Forms of a character: of ideographs, as in Japanese names; of Mongolian letters; dotted ones of Myanmar, Phags-pa.
    '\\p{Unified_Ideograph}[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
    '(?<=\\p{sc=Mong})[\\u180b-\\u180f]',
    '[\\p{sc=Mymr}\\p{sc=Phag}]\\ufe00',
    // How Egyptian hieroglyphs stand to each other.
    '(?<=\\p{sc=Egyp})[\\u{13430}-\\u{1343f}]',
  ].join('|'),
  'gu',
);

function tags(letters: string): string {
  return [...letters].map((letter) => `\\u{e00${letter.charCodeAt(0).toString(16)}}`).join('');
}

/** The first such character that isn't needed. Most names are ASCII, and done with at once. */
function hiddenCharacter(text: string): number | undefined {
  if (ASCII.test(text) || !HIDDEN.test(text)) return undefined;
  return HIDDEN.exec(text.replace(NEEDED, ''))?.[0].codePointAt(0);
}
