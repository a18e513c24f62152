/** JSON as the protocol uses it (section 1): strict on input (I-JSON, RFC 7493), canonical on output (RFC 8785). */

/** The maximum nesting depth of arrays and objects. */
export const JSON_DEPTH_MAX = 32;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON text or a value that the protocol refuses; the message says why, and `pointer` (a JSON Pointer) where, if known.
 */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  constructor(
    message: string,
    readonly pointer = '',
  ) {
    super(message);
  }
}

/** The problem with a text from outside, as the end of a sentence; short, however long the text's keys are. */
export function jsonProblem({ message, pointer }: JsonError): string {
  return `${pointer === '' ? 'it' : pointer.slice(0, 100)} ${message.slice(0, 200)}`.toWellFormed();
}

/**
 * A value's location: a key in an object or a position in an array. A linked list rather than text, so that a million
 * places under a key of a megabyte take no more memory than elsewhere.
 */
export interface Place {
  /** the place of the containing object or array; undefined if that is the outermost value */
  readonly parent: Place | undefined;
  readonly key: string | number;
}

/** A number that a double may not represent exactly as written. */
export interface DoubtfulNumber {
  readonly place: Place | undefined;
  /** significant digits as written, trailing zeros included */
  readonly digits: number;
  /** its RFC 8785 form, if that is a different number from the one written */
  readonly becomes: string | undefined;
}

export interface ParsedJson {
  readonly value: unknown;
}

/** The number of significant digits that a double always preserves. */
export const NUMBER_DIGITS_MAX = 15;

/**
 * Parses JSON text, and refuses constructs that `JSON.parse` accepts: duplicate keys, numbers that overflow, nesting
 * deeper than {@link JSON_DEPTH_MAX} + `outerDepth`, lone surrogates and the key `__proto__`.
 * @param outerDepth nesting levels that an envelope adds around the protocol's own value
 * @param onDoubtful is called with numbers of more than {@link NUMBER_DIGITS_MAX} digits or with an exponent that
 *   changes them
 * @throws JsonError
 */
export function parseStrictJson(
  text: string,
  outerDepth = 0,
  onDoubtful?: (number: DoubtfulNumber) => void,
): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new JsonError(`is not valid JSON: ${(error as Error).message}`);
  }
  new Scanner(text, JSON_DEPTH_MAX + outerDepth, onDoubtful).scan();
  return { value };
}

/** The keys and positions that lead from the outermost value to a place. */
export function pathTo(place: Place | undefined): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}

/** A place as a JSON Pointer (RFC 6901). */
export function pointerTo(place: Place | undefined): string {
  return pathTo(place)
    .map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

interface Level {
  /** of the array or object itself */
  readonly place: Place | undefined;
  /** undefined for an array */
  readonly keys: Set<string> | undefined;
  key: string;
  position: number;
}

/**
 * Scans text whose syntax is known to be valid: its tokens are enough to check keys, numbers and depth. Written by
 * hand, since a regular expression that matches strings overflows the stack on one of ten million characters.
 */
class Scanner {
  private readonly levels: Level[] = [];
  private level: Level | undefined;
  /** whether a string would be a key, if this were an object */
  private keyNext = false;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly depthMax: number,
    private readonly onDoubtful: ((number: DoubtfulNumber) => void) | undefined,
  ) {}

  scan(): void {
    while (this.at < this.text.length) {
      const char = this.text[this.at] as string;
      if (char === '"') this.string();
      else if (char === '-' || (char >= '0' && char <= '9')) this.number();
      else {
        this.punctuation(char);
        this.at++;
      }
    }
  }

  /** Ignores white space and the letters of true, false and null. */
  private punctuation(char: string): void {
    switch (char) {
      case '{':
      case '[':
        this.open(char === '{');
        return;
      case '}':
      case ']':
        this.levels.pop();
        this.level = this.levels.at(-1);
        return;
      case ',':
        if (this.level === undefined) return;
        this.level.position++;
        this.keyNext = true;
        return;
      case ':':
        this.keyNext = false;
    }
  }

  private open(isObject: boolean): void {
    if (this.levels.length >= this.depthMax) {
      throw new JsonError(`is nested deeper than ${this.depthMax} levels`, this.pointer());
    }
    const keys = isObject ? new Set<string>() : undefined;
    this.level = { place: this.place(), keys, key: '', position: 0 };
    this.levels.push(this.level);
    this.keyNext = true;
  }

  private string(): void {
    const { text, at: start } = this;
    let end = start + 1;
    while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    this.at = end + 1;
    const raw = text.slice(start + 1, end);
    const value = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
    if (this.keyNext && this.level?.keys !== undefined) this.key(value, this.level, this.level.keys);
    else if (!value.isWellFormed()) throw new JsonError('has a lone surrogate', this.pointer());
  }

  private key(key: string, level: Level, keys: Set<string>): void {
    level.key = key;
    if (!key.isWellFormed()) throw new JsonError('has a key with a lone surrogate', this.pointer());
    if (keys.has(key)) throw new JsonError('is a duplicate key', this.pointer());
    // Harmless here, but dangerous to many JavaScript programs that read the chain.
    if (key === '__proto__') throw new JsonError('is a key that is not allowed', this.pointer());
    keys.add(key);
  }

  private number(): void {
    const { text, at: start } = this;
    let end = start + 1;
    while (isNumberPart(text[end])) end++;
    this.at = end;
    const token = text.slice(start, end);
    const value = Number(token);
    if (!Number.isFinite(value)) {
      throw new JsonError('must be a number that a 64-bit double can hold', this.pointer());
    }
    if (this.onDoubtful === undefined) return;
    if (token.length <= NUMBER_DIGITS_MAX && !/e/i.test(token)) return;
    const written = decimalOf(token);
    // ECMAScript's form is that of RFC 8785 (section 3.2.2.3); it writes -0 as 0, which is the same number.
    const kept = String(value);
    const becomes = isSameDecimal(written, decimalOf(kept)) ? undefined : kept;
    if (written.digits <= NUMBER_DIGITS_MAX && becomes === undefined) return;
    this.onDoubtful({ place: this.place(), digits: written.digits, becomes });
  }

  /** The place of the current value. */
  private place(): Place | undefined {
    if (this.level === undefined) return undefined;
    const { place: parent, keys, key, position } = this.level;
    return { parent, key: keys === undefined ? position : key };
  }

  private pointer(): string {
    return pointerTo(this.place());
  }
}

/** A decimal as (-1)^isNegative × 0.significant × 10^exponent. */
interface Decimal {
  readonly isNegative: boolean;
  /** without leading or trailing zeros; empty for zero */
  readonly significant: string;
  readonly exponent: number;
  /** the number of digits as written, without leading zeros */
  readonly digits: number;
}

/** Takes time proportional to the token's length, so it uses no regular expression to find trailing zeros. */
function decimalOf(token: string): Decimal {
  const isNegative = token.startsWith('-');
  const [mantissa = '', power = '0'] = (isNegative ? token.slice(1) : token).split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  let start = 0;
  while (digits[start] === '0') start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end--;
  return {
    isNegative,
    significant: digits.slice(start, end),
    exponent: Number(power) + whole.length - start,
    digits: digits.length - start,
  };
}

function isSameDecimal(a: Decimal, b: Decimal): boolean {
  if (a.significant !== b.significant) return false;
  return a.significant === '' || (a.exponent === b.exponent && a.isNegative === b.isNegative);
}

function isNumberPart(char: string | undefined): boolean {
  if (char === undefined) return false;
  return (
    (char >= '0' && char <= '9') ||
    char === '.' ||
    char === 'e' ||
    char === 'E' ||
    char === '+' ||
    char === '-'
  );
}

/**
 * Returns the canonical text of a value (RFC 8785).
 * @param depthMax levels of arrays and objects, the outermost included
 * @throws JsonError if it has none: not JSON, a number that is not finite, a lone surrogate, the key `__proto__`, too
 *   deep
 */
export function canonicalJson(value: unknown, depthMax = JSON_DEPTH_MAX): string {
  return canonicalText(value, 0, depthMax);
}

/** JavaScript writes strings and numbers as the RFC wants them (sections 3.2.2.2 and 3.2.2.3); keys have to be sorted. */
function canonicalText(value: unknown, depth: number, depthMax: number): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new JsonError('has a lone surrogate');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new JsonError('has a number that is not finite');
      return JSON.stringify(value);
    case 'boolean':
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      break;
    default:
      throw new JsonError(`has a value that JSON cannot represent: ${typeof value}`);
  }
  if (depth >= depthMax) throw new JsonError(`is nested deeper than ${depthMax} levels`);
  // Array.from, because map would skip the holes of a sparse array.
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item) => canonicalText(item, depth + 1, depthMax)).join(',')}]`;
  }
  return `{${canonicalFields(value as Record<string, unknown>, depth, depthMax).join(',')}}`;
}

/** Section 3.2.3: sorted by the keys' UTF-16 units, which is how JavaScript sorts. */
function canonicalFields(
  fields: Readonly<Record<string, unknown>>,
  depth: number,
  depthMax: number,
): string[] {
  return Object.keys(fields)
    .sort()
    .map((key) => {
      if (!key.isWellFormed()) throw new JsonError('has a key with a lone surrogate');
      if (key === '__proto__') throw new JsonError('has the key __proto__, which is not allowed');
      return `${JSON.stringify(key)}:${canonicalText(fields[key], depth + 1, depthMax)}`;
    });
}
