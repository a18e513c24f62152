import { assertJsonSize } from './json-size.js';

const refusal = (text: string, valuesMax = 10, outerDepth = 0): string | undefined => {
  try {
    assertJsonSize(text, valuesMax, outerDepth);
    return undefined;
  } catch (error) {
    return String(error);
  }
};

describe('assertJsonSize', () => {
  it.each([
    ['ten values', JSON.stringify([1, '2', [3, { a: 5, b: 6 }], 7]), undefined],
    ['brackets and commas in a string', JSON.stringify('[,]{,}'.repeat(1000)), undefined],
    ['quotes and backslashes in a string', JSON.stringify('\\"[,]\\\\",,'.repeat(1000)), undefined],
    ['eleven values', JSON.stringify([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), /more than 10 values/],
    ['empty objects', '[{},{},{},{},{},{}]', /more than 10 values/],
    ['invalid JSON', '"""[]]}{', undefined],
  ] as [string, string, RegExp | undefined][])('%s', (_, text, expected) => {
    const found = refusal(text);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(expected);
  });

  it('counts levels', () => {
    expect(refusal('['.repeat(32) + ']'.repeat(32), 99)).toBeUndefined();
    expect(refusal('['.repeat(33) + ']'.repeat(33), 99)).toMatch(/deeper than 32/);
    expect(refusal('{"a":'.repeat(1e6), 1e9)).toMatch(/deeper than 32/);
  });

  it('leaves room for an envelope', () => {
    expect(refusal('['.repeat(35) + ']'.repeat(35), 99, 3)).toBeUndefined();
  });
});
