import fc from 'fast-check';
import { jsonValue, nastyString } from '../../test/support/arbitraries.js';
import { fault, isFault, shown } from './faults.js';

describe('a fault', () => {
  it('states its location, what is wrong, what was expected and what was found', () => {
    const detail = { index: 3, sequence: 12, field: 'amount_bpsc', expected: '50', found: '51' };
    expect(fault('FEE_MISMATCH', detail)).toEqual({
      fault: 'FEE_MISMATCH',
      message:
        'block 3, entry 12 has a transfer that is not split as the contract requires (amount_bpsc: expected 50, found 51)',
      ...detail,
    });
  });

  it('states only what is known', () => {
    expect(fault('FORKED')).toEqual({
      fault: 'FORKED',
      message: 'it contradicts another block with the same index',
    });
    expect(fault('TOO_LARGE', { index: 2, expected: 'less' }).message).toBe(
      'block 2 is larger than any valid block can be (expected less)',
    );
  });

  it('stays short and on one line, even with a hostile field name', () => {
    const name = `x\n2026-01-01 all is well\u001b[2J\ud800${'y'.repeat(100_000)}`;
    const { field, message } = fault('MALFORMED', { field: name, expected: 'no such field' });
    expect(field).toMatch(/^x\\n2026-01-01 all is well\\u001b\[2J\\ud800y+…$/);
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/\p{Cc}/u);
  });

  it('is distinguished from other values', () => {
    expect(isFault(fault('FORKED'))).toBe(true);
    for (const value of [undefined, null, 'fault', 1, {}, []]) expect(isFault(value)).toBe(false);
  });
});

describe('a value from outside', () => {
  it.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a"b\n', '"a\\"b\\n"'],
    ['\ud800', '"\\ud800"'],
    [1.5, '1.5'],
    [Infinity, 'Infinity'],
    [[], '[]'],
    [{}, '{}'],
    [{ policy: 'signed', allocations: [] }, '{"policy":"signed","allocations":[]}'],
    [[[1, [2]], { a: { b: null } }], '[[1,[2]],{"a":{"b":null}}]'],
    [JSON.parse('{"__proto__":1,"toString":2,"toJSON":3}'), '{"__proto__":1,"toString":2,"toJSON":3}'],
  ])('%p is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('is shown as JSON if it is short, and truncated if it is not', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = JSON.stringify(value);
        if (text.length <= 200) expect(shown(value)).toBe(text);
        else expect(shown(value)).toBe(`${text.slice(0, 200).toWellFormed()}…`);
      }),
    );
  });

  it('is always shown as short, well-formed text', () => {
    const long = fc.array(nastyString, { maxLength: 100 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(long, (text) => {
        for (const value of [text, [text], { [text]: text }]) {
          expect(shown(value).length).toBeLessThanOrEqual(201);
          expect(shown(value).isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it.each<[string, unknown]>([
    ['nested a million deep', JSON.parse('['.repeat(1_000_000) + ']'.repeat(1_000_000))],
    ['an object nested 100,000 deep', JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))],
    ['a string of 50 million characters', 'x'.repeat(50_000_000)],
    ['an array of a million', new Array<number>(1_000_000).fill(1)],
    ['a key of 10 million characters', { ['k'.repeat(10_000_000)]: 1 }],
  ])('is shown at once, also when it is %s', (_what, value) => {
    const start = performance.now();
    expect(shown(value)).toHaveLength(201);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
