import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { jsonValue, nastyString, writtenOtherwise } from '../../../test/support/arbitraries.js';
import {
  EXAMPLE_CANONICAL_HEX,
  EXAMPLE_TEXT,
  NUMBERS,
  SORTING_TEXT,
  SORTING_VALUES,
} from '../../../test/vectors/rfc8785.js';
import { canonicalJson, JsonError, parseStrictJson, pathTo, type DoubtfulNumber } from './json.js';

/** The refusal's message and place; undefined if there is none. Rethrows any error other than a JsonError. */
function refusal(act: () => unknown): { message: string; pointer: string } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { message: error.message, pointer: error.pointer };
  }
}

const parse = (text: string): unknown => parseStrictJson(text).value;

/** The doubtful numbers of a text, each with its path. */
function doubtfulIn(text: string): readonly (readonly [readonly (string | number)[], DoubtfulNumber])[] {
  const found: [readonly (string | number)[], DoubtfulNumber][] = [];
  parseStrictJson(text, 0, (number) => found.push([pathTo(number.place), number]));
  return found;
}

/** A number's decimal value times 10^400. */
function exact(text: string): bigint {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  const value = BigInt(whole + fraction) * 10n ** BigInt(400 + Number(power) - fraction.length);
  return sign === '-' ? -value : value;
}

const nested = (levels: number, inner = ''): string => '['.repeat(levels) + inner + ']'.repeat(levels);

describe('canonical JSON (RFC 8785)', () => {
  it("is the RFC's own example, byte for byte", () => {
    expect(Buffer.from(canonicalJson(parse(EXAMPLE_TEXT)), 'utf8').toString('hex')).toBe(
      EXAMPLE_CANONICAL_HEX,
    );
  });

  it("sorts keys by their UTF-16 units, as in the RFC's example", () => {
    const canonical = canonicalJson(parse(SORTING_TEXT));
    expect([...canonical.matchAll(/:"([^"]*)"/g)].map((match) => match[1])).toEqual(SORTING_VALUES);
  });

  it.each(NUMBERS)('writes the double %s as %s', (bits, text) => {
    const value = Buffer.from(bits, 'hex').readDoubleBE();
    if (text !== undefined) expect(canonicalJson(value)).toBe(text);
    else expect(refusal(() => canonicalJson(value))?.message).toBe('has a number that is not finite');
  });

  it.each<[string, unknown, string]>([
    ['control characters', '\0\u0001\b\t\n\u000b\f\r\u001f', '"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f"'],
    [
      'other characters without an escape',
      ' \u007f\u0080\u2028\u2029\ufeff/<\u{1f600}',
      '" \u007f\u0080\u2028\u2029\ufeff/<\u{1f600}"',
    ],
    ['quotes and backslashes', '"\\', '"\\"\\\\"'],
    ['an empty key', { '': {}, ' ': [] }, '{"":{}," ":[]}'],
    ['number-like keys as text', { 10: 1, 9: 2, '-1': 3 }, '{"-1":3,"10":1,"9":2}'],
    ['prefixes first', { ab: 1, a: 2, 'a\0': 3 }, '{"a":2,"a\\u0000":3,"ab":1}'],
    [
      'keys that objects inherit',
      parse('{"toString":1,"constructor":2,"toJSON":3}'),
      '{"constructor":2,"toJSON":3,"toString":1}',
    ],
  ])('writes %s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each<[string, unknown, string]>([
    ['a lone surrogate', ['\ud800'], 'has a lone surrogate'],
    ['surrogates the wrong way round', '\ude00\ud83d', 'has a lone surrogate'],
    ['a key with a lone surrogate', { '\udfff': 1 }, 'has a key with a lone surrogate'],
    ['infinity', { a: [-Infinity] }, 'has a number that is not finite'],
    ['the key __proto__', JSON.parse('[{"__proto__":1}]'), 'has the key __proto__, which is not allowed'],
    ['undefined', [undefined], 'has a value that JSON cannot represent: undefined'],
    ['a bigint', { a: 1n }, 'has a value that JSON cannot represent: bigint'],
    ['a function', { toJSON: () => 1 }, 'has a value that JSON cannot represent: function'],
    ['33 levels', JSON.parse(nested(33)), 'is nested deeper than 32 levels'],
    ['a million levels', JSON.parse(nested(1_000_000)), 'is nested deeper than 32 levels'],
  ])('does not exist for %s', (_what, value, message) => {
    expect(refusal(() => canonicalJson(value))?.message).toBe(message);
  });

  it('exists for 32 levels, whatever the innermost one contains', () => {
    expect(canonicalJson(JSON.parse(nested(32, '1')))).toBe(nested(32, '1'));
    expect(canonicalJson(JSON.parse('{"a":'.repeat(32) + 'null' + '}'.repeat(32)))).toHaveLength(32 * 6 + 4);
  });

  it('is what another implementation makes of it', () => {
    fc.assert(fc.property(jsonValue, (value) => canonicalJson(value) === canonicalize(value)));
  });

  it('is the same text however the value was written, and parses back to that value', () => {
    fc.assert(
      fc.property(
        jsonValue,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (value, stream) => {
          const canonical = canonicalJson(value);
          const text = writtenOtherwise(value, () => stream.next().value);
          expect(canonicalJson(parse(text))).toBe(canonical);
          expect(canonicalJson(parse(canonical))).toBe(canonical);
        },
      ),
    );
  });
});

describe('the strict parser', () => {
  it('returns the same as JSON.parse for every valid text that has nothing to refuse', () => {
    fc.assert(
      fc.property(
        jsonValue,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (value, stream) => {
          const text = writtenOtherwise(value, () => stream.next().value);
          expect(parse(text)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('refuses any text that JSON.parse refuses, and a text that it accepts only for a reason', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '"a"',
        '"b":',
        '1',
        '-0',
        '1e5',
        '0.5',
        'true',
        'null',
        ' ',
        '\\u00e9',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (text) => {
          let value: unknown;
          try {
            value = JSON.parse(text);
          } catch {
            expect(refusal(() => parse(text))?.message).toMatch(/^is not valid JSON: /);
            return;
          }
          const reason = refusal(() => parse(text))?.message;
          if (reason === undefined) expect(parse(text)).toEqual(value);
          else
            expect(['is a duplicate key', 'must be a number that a 64-bit double can hold']).toContain(
              reason,
            );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('accepts exactly the values that have a canonical form', () => {
    const texts = [
      ...[
        '"\\ud800"',
        '{"\\udfff":1}',
        '[{"__proto__":[]}]',
        nested(32),
        nested(33),
        '-0',
        '1e308',
        '1e-400',
      ],
      ...['{"a":"\\ud83d\\ude00"}', '"\\ude00\\ud83d"', '{"__proto_":1}', '"__proto__"', '["__proto__"]'],
    ];
    for (const text of texts) {
      const parsed = refusal(() => parse(text)) === undefined;
      const canonical = refusal(() => canonicalJson(JSON.parse(text))) === undefined;
      expect([text, parsed]).toEqual([text, canonical]);
    }
  });

  it.each([
    ['a duplicate key', '{"a":1,"a":1}', 'is a duplicate key', '/a'],
    ['a duplicate key after others', '{"a":1,"b":{"a":1},"c":[{"a":1}],"a":2}', 'is a duplicate key', '/a'],
    ['a duplicate key in an inner object', '[0,{"x":{"k":1,"k":2}}]', 'is a duplicate key', '/1/x/k'],
    ['a duplicate key after an inner array', '{"a":[1,2],"a":1}', 'is a duplicate key', '/a'],
    ['keys that are equal once unescaped', '{"a":1,"\\u0061":2}', 'is a duplicate key', '/a'],
    ['two empty keys', '{"":1,"":2}', 'is a duplicate key', '/'],
    ['equal keys with a quote', '{"\\"":1,"\\u0022":2}', 'is a duplicate key', '/"'],
    ['equal keys beyond the BMP', '{"\u{1f600}":1,"\\uD83D\\ude00":2}', 'is a duplicate key', '/\u{1f600}'],
    ['a key that the pointer escapes', '{"a/b~c":1,"a/b~c":2}', 'is a duplicate key', '/a~1b~0c'],
    ['__proto__', '{"__proto__":{"admin":true}}', 'is a key that is not allowed', '/__proto__'],
    ['an escaped __proto__', '[{"\\u005f_proto__":1}]', 'is a key that is not allowed', '/0/__proto__'],
    ['an overflow', '{"amount":1e400}', 'must be a number that a 64-bit double can hold', '/amount'],
    ['a negative overflow', '[1,-1E309]', 'must be a number that a 64-bit double can hold', '/1'],
    ['an overflow by digits', `[${'9'.repeat(400)}]`, 'must be a number that a 64-bit double can hold', '/0'],
    ['an escaped lone surrogate', '{"a":["\\ud800"]}', 'has a lone surrogate', '/a/0'],
    ['a raw lone surrogate', '"\ud800"', 'has a lone surrogate', ''],
    ['a lone surrogate among others', '["\\ud83d\\ude00","x\\ude00\\ud83dx"]', 'has a lone surrogate', '/1'],
    ['a key with a lone surrogate', '{"\\uDFFF":1}', 'has a key with a lone surrogate', '/\udfff'],
    ['33 levels', nested(33), 'is nested deeper than 32 levels', '/0'.repeat(32)],
    [
      '33 levels of objects',
      '{"a":'.repeat(33) + '1' + '}'.repeat(33),
      'is nested deeper than 32 levels',
      '/a'.repeat(32),
    ],
    ['a million levels', nested(1_000_000), 'is nested deeper than 32 levels', '/0'.repeat(32)],
  ])('refuses %s', (_what, text, message, pointer) => {
    expect(refusal(() => parseStrictJson(text))).toEqual({ message, pointer });
  });

  it.each([
    ['nothing', ''],
    ['white space', ' '],
    ['a byte order mark', '\ufeff{}'],
    ['two values', '1 2'],
    ['a trailing comma', '[1,]'],
    ['single quotes', "{'a':1}"],
    ['a comment', '[1] // one'],
    ['NaN', 'NaN'],
    ['Infinity', '[Infinity]'],
    ['a leading zero', '01'],
    ['a raw control character', '"\n"'],
    ['an unclosed string', '"abc'],
    ['an unclosed string that ends in a backslash', '"abc\\'],
    ['an unclosed object', '{"a":1'],
    ['a bad escape', '"\\x41"'],
  ])('refuses %s as no JSON', (_what, text) => {
    expect(refusal(() => parseStrictJson(text))).toEqual({
      message: expect.stringMatching(/^is not valid JSON: ./),
      pointer: '',
    });
  });

  it.each([
    '{"a":{"a":{"a":1}},"b":{"a":2}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":[],"b":[]}',
    '{"a\\\\":1,"a":2}',
    '{"a":1,"A":2}',
    '{"e\u0301":1,"\u00e9":2}',
    '{"a":"{\\"b\\":1,\\"b\\":2}","c":"[[[["}',
    '{"a":"\\\\","b":"\\\\\\""}',
    ' { "constructor" : "toString" } ',
    '"__proto__"',
    '[1e308,-1e308,1e-400,0e999,0.0]',
    '"\\u2028\u2028"',
    nested(32),
    'true',
    'null',
    '""',
  ])('takes %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('allows an envelope the given number of additional levels', () => {
    expect(refusal(() => parseStrictJson(nested(35), 3))).toBeUndefined();
    expect(refusal(() => parseStrictJson(nested(36), 3))).toEqual({
      message: 'is nested deeper than 35 levels',
      pointer: '/0'.repeat(35),
    });
  });

  it('points at the value, wherever it is (RFC 6901)', () => {
    const path = fc.array(fc.oneof(nastyString, fc.nat(3)), { maxLength: 6 });
    fc.assert(
      fc.property(path, (steps) => {
        fc.pre(!steps.includes('__proto__'));
        let text = '1e999';
        for (const step of [...steps].reverse()) {
          if (typeof step === 'number') text = `[${'{"a":[]},'.repeat(step)}${text},"b"]`;
          else text = `{"\ue000":[1],${JSON.stringify(step)}:${text}}`;
        }
        const pointer = steps
          .map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`)
          .join('');
        const message = 'must be a number that a 64-bit double can hold';
        fc.pre(!steps.includes('\ue000'));
        expect(refusal(() => parseStrictJson(text))).toEqual({ message, pointer });
      }),
    );
  });

  it.each([
    ['123456789012345', undefined],
    ['1234567890123456', 16],
    ['-1234567890123456', 16],
    ['0.1234567890123456', 16],
    ['0.0000000000000000001', undefined],
    ['0.30000000000000004', 17],
    ['123456789.1234567', 16],
    ['1000000000000000', 16], // may be 999999999999999.9, rounded before it arrived
    ['1.000000000000000', 16],
    ['1234567890123456e-3', 16],
    ['1e20', undefined],
    ['1.5E+300', undefined],
    ['0', undefined],
    ['-0.0', undefined],
    ['0.000000000000000000000', undefined],
  ])('counts the digits of %s', (number, digits) => {
    const found = doubtfulIn(`{"amount": ${number} , "x": [1, ${number}]}`);
    const paths = [['amount'], ['x', 1]].map((path) => [path, digits]);
    expect(found.map(([path, { digits: count }]) => [path, count])).toEqual(
      digits === undefined ? [] : paths,
    );
  });

  it.each([
    // exact, or the number that it becomes
    ...['1.0', '1e2', '1.50', '-0', '-0.0', '0e9', '0.1', '1E+2', '100e-2', '1e21', '1e-7', '5e-324'],
    ...['9007199254740992', '9007199254740994', '0.30000000000000004', '0.1000000000000000', '1e22'],
    ...[
      '1.7976931348623157e308',
      '1546130668394913800',
      `1${'0'.repeat(300)}e-300`,
      '2.2250738585072014e-308',
    ],
  ])('says that %s stays as it is', (number) => {
    expect(doubtfulIn(number).map(([, { becomes }]) => becomes)).not.toContainEqual(expect.anything());
  });

  it.each([
    ['1546130668394913822', '1546130668394913800'],
    ['9007199254740993', '9007199254740992'],
    ['-9007199254740993', '-9007199254740992'],
    ['0.1000000000000000055', '0.1'],
    ['0.10000000000000000555e0', '0.1'],
    ['1e-400', '0'],
    ['-1e-324', '0'],
    ['4e-324', '5e-324'],
    ['1.7976931348623158e308', '1.7976931348623157e+308'],
    ['123456789012345678901234567890', '1.2345678901234568e+29'],
    ['1.00000000000000000001', '1'],
  ])('says that %s would become %s', (number, becomes) => {
    expect(doubtfulIn(`[{"a":${number}}]`)).toEqual([[[0, 'a'], expect.objectContaining({ becomes })]]);
  });

  it('finds exactly the numbers that change, by exact arithmetic', () => {
    const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?$/);
    const exponent = fc.oneof(
      fc.constant(''),
      fc.integer({ min: -40, max: 40 }).map((power) => `e${power}`),
    );
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, exponent, (sign, mantissa, power) => {
        const token = sign + mantissa + power;
        const changes = exact(token) !== exact(JSON.stringify(Number(token)));
        expect(doubtfulIn(token).some(([, { becomes }]) => becomes !== undefined)).toBe(changes);
      }),
      { numRuns: 1000 },
    );
  });

  it('counts no digits in strings', () => {
    expect(doubtfulIn('{"a":"12345678901234567890","12345678901234567890":1}')).toEqual([]);
  });

  it.each([
    ['a string of 16 million characters', `"${'a'.repeat(16_000_000)}"`],
    ['a string of 5 million escapes', `"${'\\n'.repeat(5_000_000)}"`],
    ['a number of a million digits', `1${'0'.repeat(1_000_000)}e-1000000`],
    ['a million levels', nested(1_000_000)],
    [
      'a long key over many long numbers',
      `{"${'k'.repeat(1_000_000)}":[${'1234567890123456,'.repeat(100_000)}1]}`,
    ],
  ])('is through with %s in linear time and space', (_what, text) => {
    const start = performance.now();
    const message = refusal(() => {
      // Building a path must cost no more than its length.
      expect(doubtfulIn(text).filter(([path]) => path[0] === 'amount')).toEqual([]);
    })?.message;
    expect([undefined, 'is nested deeper than 32 levels']).toContain(message);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
