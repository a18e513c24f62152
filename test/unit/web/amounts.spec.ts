import fc from 'fast-check';
import { rounded } from '../../../web/src/amounts.js';

describe('amounts rounded for lists', () => {
  it.each([
    ['0', '0', false],
    ['25', '25', false],
    ['-88109.5', '−88,109.5', false],
    ['999950.0001', '999,950.0001', false],
    ['1234567.05005', '1,234,567.0501', true],
    ['1234567.05004', '1,234,567.05', true],
    ['9.99999', '10', true],
    ['-0.00012345678', '−0.0001235', true],
    ['0.000000000000000001', '0.000000000000000001', false],
    ['0.0000000123456', '0.00000001235', true],
    ['999999999999999', '999,999,999,999,999', false],
    ['1000000000000000', '1 × 10¹⁵', false],
    ['123456789012345678901.5', '1.2346 × 10²⁰', true],
    ['-99999999999999999', '−1 × 10¹⁷', true],
    ['1200000000000000.000000000000000001', '1.2 × 10¹⁵', true],
    ['no number', 'no number', false],
  ])('%s is shown as %s', (amount, text, isRounded) => {
    expect(rounded(amount)).toEqual({ text, isRounded });
  });

  it('are within half a unit of their last digit, and say when they are not exact', () => {
    const amounts = fc.tuple(fc.bigInt(0n, 10n ** 15n - 1n), fc.bigInt(0n, 10n ** 18n - 1n));
    fc.assert(
      fc.property(amounts, ([whole, fraction]) => {
        const digits = String(fraction).padStart(18, '0').replace(/0+$/, '');
        const { text, isRounded } = rounded(digits === '' ? String(whole) : `${whole}.${digits}`);
        const [shownWhole = '', shownFraction = ''] = text.replaceAll(',', '').split('.');
        const shown = BigInt(shownWhole + shownFraction.padEnd(18, '0'));
        const exact = whole * 10n ** 18n + fraction;
        const off = shown > exact ? shown - exact : exact - shown;
        expect(off === 0n).toBe(!isRounded);
        expect(off <= (whole === 0n ? exact / 1000n : 10n ** 14n / 2n)).toBe(true);
      }),
    );
  });
});
