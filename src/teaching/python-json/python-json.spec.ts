import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parsePythonJson, PythonJsonError } from './parse.js';
import { floatRepr, isPyArray, PyFloat, PyInt, type PyObject, type PyValue } from './values.js';
import { dumps, orderedDictRepr, pyRepr, pyStr, sortedDumps } from './write.js';

/** What CPython wrote for the same values. */
interface Recorded {
  readonly floats: readonly (readonly [bits: string, repr: string])[];
  readonly texts: readonly (readonly [text: string, dumps: string, repr: string])[];
  readonly documents: readonly (readonly [text: string, dumps: string, repr: string])[];
  readonly refused: readonly string[];
  readonly ordered: readonly (readonly [pairs: string, text: string])[];
}
const recorded = JSON.parse(
  readFileSync(path.resolve('test/fixtures/teaching/python.json'), 'utf8'),
) as Recorded;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('as CPython recorded it', () => {
  test('floats', () => {
    for (const [bits, repr] of recorded.floats) {
      const value = Buffer.from(bits, 'hex').readDoubleBE();
      expect(floatRepr(value)).toBe(repr);
      expect(dumps(parsePythonJson(repr))).toBe(repr);
    }
  });

  test.each(recorded.texts)('the text %j', (text, json, repr) => {
    expect(dumps(text)).toBe(json);
    expect(pyRepr(text)).toBe(repr);
    expect(pyStr(text)).toBe(text);
    expect(parsePythonJson(json)).toBe(text);
  });

  test.each(recorded.documents)('the document %s', (text, json, repr) => {
    const value = parsePythonJson(text);
    expect(sortedDumps(value)).toBe(json);
    expect(pyRepr(value)).toBe(repr);
  });

  test.each(recorded.refused)('%j is no JSON', (text) => {
    expect(() => parsePythonJson(text)).toThrow(PythonJsonError);
  });

  test('OrderedDict, in both forms', () => {
    for (const [pairs, text] of recorded.ordered) {
      const list = parsePythonJson(pairs) as readonly (readonly [string, PyValue])[];
      expect(orderedDictRepr(new Map(list), 'pairs')).toBe(text);
    }
    const example = new Map<string, PyValue>([
      ['sender_address', '30'],
      ['value', '5'],
    ]);
    expect(orderedDictRepr(example, 'dict')).toBe("OrderedDict({'sender_address': '30', 'value': '5'})");
  });
});

test('the two vectors of the teaching chain', () => {
  const first =
    '{"index": 1, "previous_hash": "1", "proof": 100, "timestamp": 1506057125.900785, "transactions": []}';
  const second = String.raw`{"index": 2, "previous_hash": "9bd58252bbed62b0af795f7c177c9b115bbb161f41df0ac728443cfb2b9e2067",
    "proof": 110650, "timestamp": 1506057126.0, "transactions": [{"amount": 1e+16, "recipient": "b\"\\/\n",
    "sender": "\u00e9\ud83d\ude00\u007f"}, {"amount": 1, "recipient": "n", "sender": "0"}]}`;
  const hash = (text: string): string => hashOf(sortedDumps(parsePythonJson(text)));
  expect(hash(first)).toBe('9bd58252bbed62b0af795f7c177c9b115bbb161f41df0ac728443cfb2b9e2067');
  expect(hash(second)).toBe('01671c775d5c9335b98ffef4e3ca48aa9cccea107d971bd2e9c97454cf1cd86e');
});

test('what would not end is refused: deep nesting, endless digits', () => {
  expect(() => parsePythonJson('['.repeat(100_000))).toThrow('nested deeper than 100 levels');
  expect(() => parsePythonJson('9'.repeat(4301))).toThrow('more than 4300 digits');
  expect(dumps(parsePythonJson('9'.repeat(4300)))).toHaveLength(4300);
  // A sign is not a digit.
  expect(() => parsePythonJson(`-${'9'.repeat(4301)}`)).toThrow('more than 4300 digits');
  expect(dumps(parsePythonJson(`-${'9'.repeat(4300)}`))).toHaveLength(4301);
});

describe('properties', () => {
  const value: fc.Arbitrary<PyValue> = fc.letrec<{ value: PyValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(null, true, false),
      fc.string({ unit: 'binary' }),
      fc.bigInt().map((int) => PyInt.of(int)),
      fc.double({ noNaN: true }).map((float) => new PyFloat(float)),
      fc.array(tie('value')),
      fc
        .array(fc.tuple(fc.string({ unit: 'binary' }), tie('value')))
        .map((entries): PyObject => new Map(entries)),
    ),
  })).value;

  test('what is written reads back the same, and is ASCII', () => {
    fc.assert(
      fc.property(value, (written) => {
        const text = sortedDumps(written);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(sortedDumps(parsePythonJson(text))).toBe(text);
      }),
    );
  });

  test('a float is the number that it says, with no digit more than JavaScript needs', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = floatRepr(number);
        expect(Object.is(Number(text), number)).toBe(true);
        expect(text).toMatch(/^-?(\d+\.\d+|\d(\.\d+)?e[+-]\d{2,3})$/);
        const digits = (shown: string): string =>
          shown
            .replace(/e.*/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '');
        expect(digits(text)).toBe(digits(String(number)));
      }),
    );
  });

  test('escapes are those of JSON: JSON.parse reads the same text, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, lone) => {
        const whole = `${text}${String.fromCharCode(lone)}${text}`;
        expect(JSON.parse(dumps(whole))).toBe(whole);
        expect(parsePythonJson(dumps(whole))).toBe(whole);
      }),
    );
  });

  test('keys are in the order of their code points, not of UTF-16', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' })), (keys) => {
        const text = sortedDumps(new Map(keys.map((key) => [key, null])));
        const order = [...(parsePythonJson(text) as PyObject).keys()].map((key) =>
          Buffer.from(key, 'utf8').toString('hex'),
        );
        // UTF-8 sorts as code points do.
        expect(order).toEqual([...order].sort());
      }),
    );
  });

  test('whatever JSON.parse takes, with the same values, as long as nothing is lost there', () => {
    const plain = (item: PyValue): unknown => {
      if (item instanceof PyInt) return Number(item.digits);
      if (item instanceof PyFloat) return item.value;
      if (isPyArray(item)) return item.map(plain);
      if (item instanceof Map)
        return Object.fromEntries([...item].map(([key, inner]) => [key, plain(inner)]));
      return item;
    };
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(plain(parsePythonJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});
