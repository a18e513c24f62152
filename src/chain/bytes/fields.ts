/** Helpers to parse an object from outside: each field must be present and well-formed, and there must be no others. */

export type Fields = Readonly<Record<string, unknown>>;

/** The object in `value`; undefined for anything else, arrays included. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The first field of `fields` that isn't among `known`. */
export function unknownField(fields: Fields, known: ReadonlySet<string>): string | undefined {
  for (const name in fields) if (!known.has(name)) return name;
  return undefined;
}

/** Milliseconds since 1970-01-01 UTC, or any other count: a whole number from 0 that a double holds exactly. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}
