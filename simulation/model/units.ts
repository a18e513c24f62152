/** Exact amounts (section 1): decimal strings as whole numbers of the token's smallest unit. */
import type { Json } from './bytes.js';

const AMOUNT = /^(0|[1-9][0-9]{0,29})(\.[0-9]*[1-9])?$/;
/** A fee's rate has at most 18 decimals. */
const RATE_DECIMALS = 18;
const RATE_ONE = 10n ** BigInt(RATE_DECIMALS);

/** @returns undefined unless `amount` is an amount in its shortest form */
export function unitsOf(amount: Json | undefined, decimals: number): bigint | undefined {
  if (typeof amount !== 'string' || !AMOUNT.test(amount)) return undefined;
  const [whole = '', fraction = ''] = amount.split('.');
  return fraction.length > decimals ? undefined : BigInt(whole + fraction.padEnd(decimals, '0'));
}

export function formatUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The fee (section 3): rounded up to the last unit. */
export function feeOf(send: bigint, rate: string): bigint {
  const exact = send * (unitsOf(rate, RATE_DECIMALS) ?? 0n);
  return (exact + RATE_ONE - 1n) / RATE_ONE;
}
