/** Writes values as Python does: `json.dumps`, `str` and `repr`. The teaching chains hash these texts. */
import { floatRepr, isPyArray, PyFloat, PyInt, type PyObject, type PyValue } from './values.js';

const NOT_ASCII = /["\\]|[^\x20-\x7e]/g;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** `json.dumps(value)` with the default separators and ensure_ascii, so the result is always ASCII. */
export function dumps(value: PyValue, { sortKeys = false } = {}): string {
  const write = (item: PyValue): string => {
    if (item === null) return 'null';
    if (typeof item === 'boolean') return String(item);
    if (typeof item === 'string') return jsonString(item);
    if (item instanceof PyInt) return item.digits;
    if (item instanceof PyFloat) return jsonFloat(item.value);
    if (isPyArray(item)) return `[${item.map(write).join(', ')}]`;
    const keys = sortKeys ? sortedKeys(item) : [...item.keys()];
    return `{${keys.map((key) => `${jsonString(key)}: ${write(item.get(key) ?? null)}`).join(', ')}}`;
  };
  return write(value);
}

/** `json.dumps(value, sort_keys=True)`: what the proof-of-work chains hash. */
export function sortedDumps(value: PyValue): string {
  return dumps(value, { sortKeys: true });
}

/** Without the flag `u` a pair of surrogates is two characters, which are escaped separately, as in Python. */
function jsonString(text: string): string {
  const escaped = text.replace(
    NOT_ASCII,
    (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return floatRepr(value);
  return value > 0 ? 'Infinity' : '-Infinity';
}

const SURROGATE = /[\ud800-\udfff]/;

function sortedKeys(object: PyObject): readonly string[] {
  const keys = [...object.keys()];
  // The order of UTF-16 units, which JavaScript uses, differs from that of code points only for surrogates.
  return keys.some((key) => SURROGATE.test(key)) ? keys.sort(byCodePoint) : keys.sort();
}

function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** `str(value)`, as an f-string writes it. */
export function pyStr(value: PyValue): string {
  return typeof value === 'string' ? value : pyRepr(value);
}

/** `repr(value)`. */
export function pyRepr(value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return stringRepr(value);
  if (value instanceof PyInt) return value.digits;
  if (value instanceof PyFloat) return floatRepr(value.value);
  if (isPyArray(value)) return `[${value.map(pyRepr).join(', ')}]`;
  return dictRepr(value);
}

function dictRepr(value: PyObject): string {
  return `{${[...value].map(([key, item]) => `${stringRepr(key)}: ${pyRepr(item)}`).join(', ')}}`;
}

/** The form of `repr(OrderedDict)`: a list of pairs up to Python 3.11, a dict from 3.12 on. */
export type OrderedDictForm = 'pairs' | 'dict';

/** `repr(OrderedDict(value))`. */
export function orderedDictRepr(value: PyObject, form: OrderedDictForm): string {
  if (value.size === 0) return 'OrderedDict()';
  if (form === 'dict') return `OrderedDict(${dictRepr(value)})`;
  const pairs = [...value].map(([key, item]) => `(${stringRepr(key)}, ${pyRepr(item)})`);
  return `OrderedDict([${pairs.join(', ')}])`;
}

/** `str.isprintable` by general category; the results may differ for characters that are newer than one side's version of Unicode. */
const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;
const REPR_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const character of text) {
    if (character === quote) result += `\\${character}`;
    else if (character === ' ') result += character;
    else result += REPR_ESCAPES[character] ?? (NOT_PRINTABLE.test(character) ? escape(character) : character);
  }
  return result + quote;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
