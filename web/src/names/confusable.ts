/**
 * Marks names that may be mistaken for others: `раypal` with two Cyrillic letters reads as `paypal`.
 *
 * What is marked, by the rules that browsers use for domain names (UTS #39, "Highly Restrictive"; Chromium's check of
 * whole scripts):
 * - letters of more than one script, other than the combinations of Japanese, Korean and Chinese with Latin;
 * - letters of Cyrillic or Greek only, all of which look like Latin ones;
 * - characters that are another way of writing ordinary ones (NFKC changes them), such as fullwidth letters;
 * - accents on nothing: a combining mark that follows no letter of its script.
 *
 * What is not marked: names that differ in ASCII characters which look alike (`l` and `I`, `0` and `O`).
 */

const ASCII = /^[ -~]*$/;

const SCRIPTS = [
  ...['Latin', 'Cyrillic', 'Greek', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Arabic', 'Hebrew'],
  ...['Armenian', 'Georgian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Tamil', 'Telugu', 'Kannada'],
  ...[
    'Malayalam',
    'Sinhala',
    'Thai',
    'Lao',
    'Myanmar',
    'Khmer',
    'Tibetan',
    'Ethiopic',
    'Cherokee',
    'Mongolian',
  ],
  ...['Coptic', 'Deseret', 'Lisu', 'Canadian_Aboriginal', 'Syriac', 'Thaana', 'Oriya', 'Yi'],
] as const;

/** Scripts that are written together. */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Bopomofo']),
  new Set(['Latin', 'Han', 'Hangul']),
];

/** Chromium, `components/url_formatter/spoof_checks`: letters of these scripts that look like Latin ones. */
const LIKE_LATIN: readonly (readonly [string, RegExp])[] = [
  ['Cyrillic', /^[аысԁеԍһіюјӏорԗԛѕԝхуъЬҽпгѵѡАВЕЅІЈКМНОРСТУХҮԌԚԜ]+$/u],
  ['Greek', /^[αικνρυωηοτϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ]+$/u],
];

export type Confusion =
  | { readonly reason: 'mixed'; readonly scripts: readonly string[] }
  | { readonly reason: 'like-latin'; readonly script: string }
  | { readonly reason: 'variants'; readonly plain: string }
  | { readonly reason: 'marks' };

let testers: readonly (readonly [string, RegExp])[] | undefined;

/** Compiled when the first name that is not ASCII comes. */
function scriptTesters(): readonly (readonly [string, RegExp])[] {
  testers ??= SCRIPTS.map((script) => [script, new RegExp(`\\p{scx=${script}}`, 'u')]);
  return testers;
}

/** Why a name may be mistaken for another one; undefined where nothing speaks for it. */
export function confusion(name: string): Confusion | undefined {
  if (ASCII.test(name)) return undefined;
  const letters = [...name].filter((character) => /\p{L}/u.test(character));
  const scripts = scriptsOf(letters);
  if (scripts.length > 1) return { reason: 'mixed', scripts };
  const text = letters.join('');
  const alike = LIKE_LATIN.find(([, pattern]) => pattern.test(text));
  if (alike !== undefined) return { reason: 'like-latin', script: alike[0] };
  const plain = name.normalize('NFKC');
  if (plain !== name.normalize('NFC')) return { reason: 'variants', plain };
  if (/(?:^|[^\p{L}\p{M}\p{N}\p{Emoji}])\p{Mn}/u.test(name)) return { reason: 'marks' };
  return undefined;
}

/**
 * The scripts that are needed to write the letters: one, unless no script has them all. A letter that several scripts use
 * (the Japanese long vowel mark) counts for none of them.
 */
function scriptsOf(letters: readonly string[]): readonly string[] {
  const each = [...new Set(letters)].map((letter) =>
    scriptTesters().flatMap(([script, pattern]) => (pattern.test(letter) ? [script] : [])),
  );
  const needed = [...new Set(each.filter(({ length }) => length === 1).flat())];
  if (TOGETHER.some((set) => needed.every((script) => set.has(script)))) return needed.slice(0, 1);
  return needed;
}

/** Names of scripts as a sentence has them. */
function listed(scripts: readonly string[]): string {
  const names = scripts.map((script) => script.replaceAll('_', ' '));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** `Mixed scripts: Latin and Cyrillic letters in one name`. */
export function confusionWords(found: Confusion): string {
  switch (found.reason) {
    case 'mixed':
      return `Mixed scripts: ${listed(found.scripts)} letters in one name`;
    case 'like-latin':
      return `${found.script} letters that all look like Latin ones`;
    case 'variants':
      return `Unusual forms of ordinary characters: it reads as ${found.plain}`;
    case 'marks':
      return 'A combining mark that belongs to no letter';
  }
}

/** The characters beyond ASCII with their code points, each once: `а U+0430`. */
export function spelled(name: string): readonly string[] {
  return [...new Set(name)]
    .filter((character) => !ASCII.test(character))
    .map(
      (character) =>
        `${character} U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    );
}
