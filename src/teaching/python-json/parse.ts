/** Reads JSON as Python's `json.loads` does, without the loss of JavaScript numbers. */
import { PyFloat, PyInt, type PyObject, type PyValue } from './values.js';

/** CPython itself fails on deeper nesting (its recursion limit is 1000). */
const DEPTH_MAX = 100;
/** CPython 3.11 and later refuse longer ints (`sys.get_int_max_str_digits`). */
const INT_DIGITS_MAX = 4300;

export class PythonJsonError extends Error {
  override readonly name = 'PythonJsonError';
}

/**
 * It differs from JSON.parse as Python does: ints are exact, floats stay floats, `NaN`, `Infinity` and `-Infinity` are
 * numbers, and of equal keys the last one counts. Lone surrogates in escapes are kept.
 * @throws PythonJsonError
 */
export function parsePythonJson(text: string): PyValue {
  return new Parser(text).document();
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/** JavaScript's strings are UTF-16, so a pair of escaped surrogates becomes one character without further work. */
// eslint-disable-next-line no-control-regex -- Python refuses control characters in a string
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const WORDS: readonly (readonly [string, PyValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', new PyFloat(NaN)],
  ['Infinity', new PyFloat(Infinity)],
  ['-Infinity', new PyFloat(-Infinity)],
];

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): PyValue {
    const value = this.value();
    if (this.at < this.text.length) this.fail('something follows the value');
    return value;
  }

  private value(): PyValue {
    this.space();
    const value = this.bare();
    this.space();
    return value;
  }

  private bare(): PyValue {
    switch (this.text[this.at]) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return this.string();
      default:
        return this.number() ?? this.word();
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > DEPTH_MAX) this.fail(`nested deeper than ${DEPTH_MAX} levels`);
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private object(): PyObject {
    const fields = new Map<string, PyValue>();
    this.space();
    if (this.skip('}')) return fields;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('a key in double quotes is missing');
      const key = this.string();
      this.space();
      if (!this.skip(':')) this.fail('":" is missing');
      fields.set(key, this.value());
      if (this.skip('}')) return fields;
      if (!this.skip(',')) this.fail('"," or "}" is missing');
    }
  }

  private array(): readonly PyValue[] {
    const items: PyValue[] = [];
    this.space();
    if (this.skip(']')) return items;
    for (;;) {
      items.push(this.value());
      if (this.skip(']')) return items;
      if (!this.skip(',')) this.fail('"," or "]" is missing');
    }
  }

  private string(): string {
    this.at++;
    let result = '';
    for (;;) {
      result += this.match(PLAIN)?.[0] ?? '';
      if (this.skip('"')) return result;
      if (!this.skip('\\')) this.fail('a text does not end, or has a control character');
      const letter = this.text[this.at++] ?? '';
      if (letter === 'u') result += this.codeUnit();
      else result += ESCAPES[letter] ?? this.fail('there is no such escape');
    }
  }

  private codeUnit(): string {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('\\u needs four hex digits');
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private number(): PyInt | PyFloat | undefined {
    const found = this.match(NUMBER);
    if (found === undefined) return undefined;
    const [token, whole = '', fraction, exponent] = found;
    if (fraction !== undefined || exponent !== undefined) return new PyFloat(Number(token));
    if (whole.replace('-', '').length > INT_DIGITS_MAX)
      this.fail(`a number has more than ${INT_DIGITS_MAX} digits`);
    return new PyInt(whole === '-0' ? '0' : whole);
  }

  private word(): PyValue {
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.fail('a value is missing');
  }

  private space(): void {
    this.match(SPACE);
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found;
  }

  private fail(what: string): never {
    throw new PythonJsonError(`not JSON at character ${this.at + 1}: ${what}`);
  }
}
