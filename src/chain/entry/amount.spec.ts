import fc from 'fast-check';
import {
  DECIMALS_MAX,
  formatAmount,
  parseAmount,
  parseRate,
  readAmount,
  splitFee,
  WHOLE_DIGITS_MAX,
  type Rate,
} from './amount.js';

const decimals = fc.integer({ min: 0, max: DECIMALS_MAX });
/** A number of decimals, and an amount of a token with that many. */
const amountOf = decimals.chain((places) =>
  fc.record({
    places: fc.constant(places),
    units: fc.bigInt({ min: 0n, max: 10n ** BigInt(WHOLE_DIGITS_MAX + places) - 1n }),
  }),
);
const rate = fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }).map((units) => units as Rate);
const rateOf = (text: string): Rate => parseRate(text) as Rate;

describe('an amount on the chain', () => {
  it('is parsed back to the units from which it was formatted', () => {
    fc.assert(
      fc.property(amountOf, ({ places, units }) => {
        expect(parseAmount(formatAmount(units, places), places)).toBe(units);
      }),
    );
  });

  it('has only one form: whatever can be parsed formats to the same text', () => {
    const text = fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{0,4})?$/);
    fc.assert(
      fc.property(text, decimals, (written, places) => {
        const units = parseAmount(written, places);
        fc.pre(units !== undefined);
        expect(formatAmount(units, places)).toBe(written);
      }),
    );
  });

  it.each([
    ['0', 18, 0n],
    ['1', 0, 1n],
    ['1000000', 0, 1_000_000n],
    ['999950', 2, 99_995_000n],
    ['0.00005', 18, 50_000_000_000_000n],
    ['0.000000000000000001', 18, 1n],
    ['9'.repeat(30), 0, 10n ** 30n - 1n],
    [`${'9'.repeat(30)}.${'9'.repeat(18)}`, 18, 10n ** 48n - 1n],
  ])('%s of a token with %i decimals is %i units', (text, places, units) => {
    expect(parseAmount(text, places)).toBe(units);
  });

  it.each([
    ['nothing', '', 18],
    ['a leading zero', '01', 18],
    ['two zeros', '00', 18],
    ['a trailing zero', '1.50', 18],
    ['a zero fraction', '1.0', 18],
    ['zero with a point', '0.0', 18],
    ['nothing before the point', '.5', 18],
    ['nothing after the point', '1.', 18],
    ['a sign', '-1', 18],
    ['a plus', '+1', 18],
    ['an exponent', '1e3', 18],
    ['white space before', ' 1', 18],
    ['a line feed after', '1\n', 18],
    ['a separator', '1,000', 18],
    ['two points', '1.1.1', 18],
    ['other digits', '\u0661', 18],
    ['hexadecimal', '0x10', 18],
    ['31 digits before the point', '1'.repeat(31), 18],
    ['more decimals than the token has', '0.01', 1],
    ['decimals where the token has none', '0.1', 0],
    ['19 decimals', `0.${'1'.repeat(19)}`, 18],
  ])('is refused with %s', (_what, text, places) => {
    expect(parseAmount(text, places)).toBeUndefined();
  });

  it('shows a balance below zero with a sign', () => {
    expect(formatAmount(-1_500n, 3)).toBe('-1.5');
    expect(formatAmount(-1n, 18)).toBe('-0.000000000000000001');
    expect(formatAmount(-7n, 0)).toBe('-7');
  });
});

describe('an amount as people and programs write it', () => {
  const NOT_A_NUMBER = 'must be a number above zero, written as digits with at most one point';
  const NOT_POSITIVE = 'must be above zero';
  const TOO_LONG = 'must have at most 30 digits before the point';
  const TOO_FINE = "must have at most 18 decimals, the token's maximum";
  const one = 10n ** 18n;

  it.each<[string | number, bigint]>([
    [1, one],
    [1.5, (3n * one) / 2n],
    ['1.50', (3n * one) / 2n],
    ['01', one],
    [`${'0'.repeat(100)}1.${'0'.repeat(18)}${'0'.repeat(100)}`, one],
    [1e-7, 10n ** 11n],
    [1.25e-16, 125n],
    [1e21, 10n ** 21n * one],
    [1.5e21, 15n * 10n ** 20n * one],
    [Number.MAX_SAFE_INTEGER, 9_007_199_254_740_991n * one],
    ['1'.repeat(30), BigInt('1'.repeat(30)) * one],
    ['0.000000000000000001', 1n],
  ])('reads %p', (input, units) => {
    expect(readAmount(input, 18)).toBe(units);
  });

  it.each<[string | number, string]>([
    [NaN, NOT_A_NUMBER],
    [Infinity, NOT_A_NUMBER],
    [1e400, NOT_A_NUMBER],
    [-1, NOT_A_NUMBER],
    [-1e-7, NOT_A_NUMBER],
    [-1e21, NOT_A_NUMBER],
    ['-1', NOT_A_NUMBER],
    ['', NOT_A_NUMBER],
    [' 1', NOT_A_NUMBER],
    ['1 ', NOT_A_NUMBER],
    ['1e3', NOT_A_NUMBER],
    ['1.', NOT_A_NUMBER],
    ['.1', NOT_A_NUMBER],
    ['.', NOT_A_NUMBER],
    ['1,5', NOT_A_NUMBER],
    ['+1', NOT_A_NUMBER],
    ['0x1', NOT_A_NUMBER],
    ['\uff11', NOT_A_NUMBER],
    ['NaN', NOT_A_NUMBER],
    [0, NOT_POSITIVE],
    [-0, NOT_POSITIVE],
    ['0', NOT_POSITIVE],
    ['000', NOT_POSITIVE],
    ['0.000', NOT_POSITIVE],
    ['1'.repeat(31), TOO_LONG],
    [1e30, TOO_LONG],
    [Number.MAX_VALUE, TOO_LONG],
    ['0.0000000000000000001', TOO_FINE],
    [1e-19, TOO_FINE],
    [Number.MIN_VALUE, TOO_FINE],
  ])('refuses %p', (input, message) => {
    expect(readAmount(input, 18)).toBe(message);
  });

  it('knows how many decimals the token has', () => {
    expect(readAmount('1.5', 0)).toBe("must have at most 0 decimals, the token's maximum");
    expect(readAmount('1.0', 0)).toBe(1n);
    expect(readAmount(0.25, 2)).toBe(25n);
  });

  it('reads every double as the shortest decimal that names it', () => {
    const double = fc.double({ min: 0, max: 1e29, noNaN: true, minExcluded: true });
    fc.assert(
      fc.property(double, (value) => {
        const units = readAmount(value, 18);
        fc.pre(typeof units === 'bigint');
        expect(Number(formatAmount(units, 18))).toBe(value);
      }),
    );
  });

  it('takes at most linear time, even for a megabyte of zeros before a digit', () => {
    const start = performance.now();
    expect(readAmount(`0.${'0'.repeat(1_000_000)}1`, 18)).toBe(TOO_FINE);
    expect(readAmount(`${'0'.repeat(1_000_000)}x`, 18)).toBe(NOT_A_NUMBER);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('a fee rate', () => {
  it.each([
    ['0', 0n],
    ['0.00005', 50_000_000_000_000n],
    ['0.000000000000000001', 1n],
    [`0.${'9'.repeat(18)}`, 10n ** 18n - 1n],
  ])('may be %s', (text, units) => {
    expect(parseRate(text)).toBe(units);
  });

  it.each(['1', '1.5', '0.0', '0.50', '-0.1', '5e-5', '', `0.${'1'.repeat(19)}`])('may not be %p', (text) => {
    expect(parseRate(text)).toBeUndefined();
  });
});

describe('the fee split', () => {
  it("matches the paper's: of 1000000 the BPSC takes 50 and the recipient gets 999950", () => {
    for (const places of [0, 2, 18]) {
      const send = parseAmount('1000000', places) as bigint;
      const { fee, receive } = splitFee(send, rateOf('0.00005'));
      expect(formatAmount(fee, places)).toBe('50');
      expect(formatAmount(receive, places)).toBe('999950');
    }
  });

  it('conserves every amount, and rounds the fee up by less than one unit', () => {
    fc.assert(
      fc.property(amountOf, rate, ({ units: send }, feeRate) => {
        const { fee, receive } = splitFee(send, feeRate);
        expect(fee + receive).toBe(send);
        expect(fee >= 0n && receive >= 0n).toBe(true);
        const exact = send * feeRate; // in units of 10^-18 of the token's units
        expect(fee * 10n ** 18n - exact).toBeGreaterThanOrEqual(0n);
        expect(fee * 10n ** 18n - exact).toBeLessThan(10n ** 18n);
      }),
    );
  });

  it('never takes a smaller fee from a larger amount', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 48n });
    fc.assert(
      fc.property(amount, amount, rate, (a, b, feeRate) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        expect(splitFee(small, feeRate).fee <= splitFee(large, feeRate).fee).toBe(true);
      }),
    );
  });

  it.each([
    ['0.00005', 1n, 1n, 0n],
    ['0.00005', 2n, 1n, 1n],
    ['0.00005', 20_000n, 1n, 19_999n],
    ['0.00005', 20_001n, 2n, 19_999n],
    ['0.000000000000000001', 1n, 1n, 0n],
    ['0.000000000000000001', 10n ** 18n, 1n, 10n ** 18n - 1n],
    ['0.000000000000000001', 10n ** 18n + 1n, 2n, 10n ** 18n - 1n],
    [`0.${'9'.repeat(18)}`, 1n, 1n, 0n],
    [`0.${'9'.repeat(18)}`, 10n ** 18n, 10n ** 18n - 1n, 1n],
    ['0', 1n, 0n, 1n],
    ['0', 10n ** 48n, 0n, 10n ** 48n],
    ['0.5', 0n, 0n, 0n],
  ])('at the rate %s splits %i units into %i and %i', (text, send, fee, receive) => {
    expect(splitFee(send, rateOf(text))).toEqual({ fee, receive });
  });
});
