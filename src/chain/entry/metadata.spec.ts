import { METADATA_BYTES_MAX, METADATA_DEPTH_MAX, METADATA_EXPECTED, readMetadata } from './metadata.js';

/** `{"a":{"a":…}}`, this deep. */
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
/** `{"a":"x…"}`, this many bytes. */
const ofBytes = (bytes: number): unknown => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });

test('metadata is a JSON object in its canonical form', () => {
  expect(readMetadata({})).toEqual({ text: '{}' });
  expect(readMetadata({ b: 1e21, a: [null, -0, 0.1], '\u20ac': '\u2028' })).toEqual({
    text: '{"a":[null,0,0.1],"b":1e+21,"\u20ac":"\u2028"}',
  });
});

test('has at most so many bytes, and so many levels that its leaf has 32', () => {
  expect(readMetadata(ofBytes(METADATA_BYTES_MAX))).toHaveProperty('text');
  expect(readMetadata(ofBytes(METADATA_BYTES_MAX + 1))).toBe(METADATA_EXPECTED);
  expect(readMetadata({ a: '\u20ac'.repeat(1362) })).toHaveProperty('text');
  expect(readMetadata({ a: '\u20ac'.repeat(1363) })).toBe(METADATA_EXPECTED);
  expect(METADATA_DEPTH_MAX).toBe(31);
  expect(readMetadata(nested(METADATA_DEPTH_MAX))).toHaveProperty('text');
  expect(readMetadata(nested(METADATA_DEPTH_MAX + 1))).toBe('is nested deeper than 31 levels');
});

test.each([[undefined], [null], [1], ['{}'], [[]], [true]])('is an object, not %p', (value) => {
  expect(readMetadata(value)).toBe(METADATA_EXPECTED);
});

test.each([
  [{ a: '\ud800' }, 'has a lone surrogate'],
  [JSON.parse('{"__proto__":1}'), 'has the key __proto__, which is not allowed'],
  [{ a: Infinity }, 'has a number that is not finite'],
])('has no value without a canonical form: %p', (value, message) => {
  expect(readMetadata(value)).toBe(message);
});
