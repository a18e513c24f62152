/** Amounts as lists show them: rounded to what a reader takes in. The exact one stays with the element (ui/exact-copy.ts). */
import { grouped } from './format.js';

/** Digits after the point in a list. */
const DECIMALS = 4;
/** Of an amount below one: digits from the first that is not zero. */
const SIGNIFICANT = 4;
/** A whole part of more digits is shown as a power of ten. */
const WHOLE_DIGITS_MAX = 15;

/**
 * @param amount a decimal number as the protocol writes it, with or without a sign
 * @returns the text to show, and whether it says less than the amount
 */
export function rounded(amount: string): { readonly text: string; readonly isRounded: boolean } {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  if (match === null) return { text: amount, isRounded: false };
  const [, sign = '', whole = '0', fraction = ''] = match;
  if (whole.length > WHOLE_DIGITS_MAX) return powerOfTen(sign, whole, fraction);
  const leadingZeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const decimals = /^0+$/.test(whole) ? Math.max(DECIMALS, leadingZeros + SIGNIFICANT) : DECIMALS;
  if (fraction.length <= decimals) return { text: grouped(amount), isRounded: false };
  const scaled = halfUp(`${whole}${fraction}`, fraction.length - decimals).padStart(decimals + 1, '0');
  const rest = scaled.slice(-decimals).replace(/0+$/, '');
  const text = `${sign}${scaled.slice(0, -decimals)}${rest === '' ? '' : `.${rest}`}`;
  return { text: grouped(text), isRounded: true };
}

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `1.2346 × 10²¹` */
function powerOfTen(sign: string, whole: string, fraction: string) {
  const exponent = whole.length - 1;
  const digits = halfUp(whole, whole.length - DECIMALS - 1);
  // 9.99996 rounds to 10.0000: one more digit.
  const [mantissa, power] =
    digits.length > DECIMALS + 1 ? [digits.slice(0, -1), exponent + 1] : [digits, exponent];
  const rest = mantissa.slice(1).replace(/0+$/, '');
  const lost = /[1-9]/.test(whole.slice(rest.length + 1)) || /[1-9]/.test(fraction);
  const text = `${sign === '' ? '' : '−'}${mantissa.slice(0, 1)}${rest === '' ? '' : `.${rest}`} × 10${superscript(power)}`;
  return { text, isRounded: lost };
}

function superscript(power: number): string {
  return String(power).replace(/\d/g, (digit) => SUPERSCRIPT.charAt(Number(digit)));
}

/** Drops the last digits, rounding half up. */
function halfUp(digits: string, drop: number): string {
  const unit = 10n ** BigInt(drop);
  return ((BigInt(digits) + unit / 2n) / unit).toString();
}
