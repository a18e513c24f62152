/** Values for property tests: JSON with nasty strings and keys, and texts that write the same value in other ways. */
import fc from 'fast-check';

/** Characters that an encoder gets wrong: controls, quotes, line separators, the edges of the surrogates, beyond the BMP. */
const NASTY = [
  ...['\0', '\b', '\t', '\n', '\u000b', '\f', '\r', '\u001f', ' ', '"', '\\', '/', '~', "'", '<', '&', '='],
  ...['\u007f', '\u0080', '\u009f', '\u00a0', '\u07ff', '\u0800', '\u200b', '\u2028', '\u2029', '\u3000'],
  ...['\ud7ff', '\ue000', '\ufeff', '\ufffd', '\uffff', '\u{10000}', '\u{1f600}', '\u{10ffff}', 'e\u0301'],
];

/** Well-formed strings. */
export const nastyString = fc.string({
  unit: fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
  maxLength: 12,
});

const key = fc.oneof(
  nastyString,
  fc.constantFrom('toJSON', 'constructor', 'hasOwnProperty', 'toString', 'length', '0', '1', '10', 'id'),
);

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1e21, 1e-7, 2 ** 53, 5e-324, Number.MAX_VALUE),
);

/** A value that the protocol takes as information. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(nastyString, finite, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 4, selector: ([name]) => name })
      .filter((pairs) => pairs.every(([name]) => name !== '__proto__'))
      .map((pairs) => Object.fromEntries(pairs) as unknown),
  ),
})).value;

/** A name that the protocol takes as sender or recipient. */
export const walletName = nastyString.filter(
  (name) => name !== '' && name.length <= 128 && !/\p{Cc}|^\p{White_Space}|\p{White_Space}$/u.test(name),
);

/** JSON text of `value` with its members in another order, with white space, and with escapes where none are needed. */
export function writtenOtherwise(value: unknown, random: () => number): string {
  const space = (): string => ['', '', ' ', '\n', '\t\r'][Math.floor(random() * 5)] as string;
  const text = (string: string): string =>
    `"${[...string].map((char) => (random() < 0.2 ? escapes(char) : JSON.stringify(char).slice(1, -1))).join('')}"`;
  const write = (item: unknown): string => {
    if (typeof item === 'string') return text(item);
    if (typeof item !== 'object' || item === null) return JSON.stringify(item);
    if (Array.isArray(item)) return `[${space()}${item.map(write).join(`${space()},${space()}`)}]`;
    const members = Object.entries(item).map(
      ([name, of]) => `${text(name)}${space()}:${space()}${write(of)}`,
    );
    return `{${space()}${shuffled(members, random).join(`,${space()}`)}${space()}}`;
  };
  return space() + write(value) + space();
}

/** A character as \\u escapes, in lower and in upper case. */
function escapes(char: string): string {
  return Array.from({ length: char.length }, (_, i) => {
    const digits = char.charCodeAt(i).toString(16).padStart(4, '0');
    return `\\u${i % 2 === 0 ? digits : digits.toUpperCase()}`;
  }).join('');
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
