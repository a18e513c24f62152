/** The first digits of an id or a hash, as people type them, and the range of the hashes that begin with them. */
declare const brand: unique symbol;

/** 4 to 63 lower-case hex digits. */
export type HashPrefix = string & { readonly [brand]: 'HashPrefix' };

export const HASH_PREFIX_DIGITS_MIN = 4;
const HEX = /^[0-9a-f]{4,63}$/;
const HASH_DIGITS = 64;

/** In either case; undefined if it isn't 4 to 63 hex digits: a complete hash is no prefix. */
export function parseHashPrefix(text: string): HashPrefix | undefined {
  const lower = text.toLowerCase();
  return HEX.test(lower) ? (lower as HashPrefix) : undefined;
}

/** The lowest and the highest hash that begin with the prefix, cut to `digits`. */
export function rangeOf(prefix: HashPrefix, digits = HASH_DIGITS): readonly [low: string, high: string] {
  return [prefix.padEnd(digits, '0').slice(0, digits), prefix.padEnd(digits, 'f').slice(0, digits)];
}
