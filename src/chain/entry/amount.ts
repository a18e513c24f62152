/** Amounts: decimal strings on the chain, whole numbers of the token's smallest unit in memory. */

declare const brand: unique symbol;
/** A number of the token's smallest units (10^-decimals of a token). */
export type Units = bigint;
/** A fee rate as a fraction of 10^18. */
export type Rate = bigint & { readonly [brand]: 'Rate' };

/** At most this many digits before the point (protocol, section 1). */
export const WHOLE_DIGITS_MAX = 30;
/** A token has at most this many decimals, and a rate too (protocol, section 2). */
export const DECIMALS_MAX = 18;

const RATE_SCALE = 10n ** BigInt(DECIMALS_MAX);
const SHORTEST = /^(0|[1-9][0-9]{0,29})(?:\.([0-9]*[1-9]))?$/;
const PLAIN = /^([0-9]+)(?:\.([0-9]+))?$/;

/**
 * Units of an amount in the chain's one form (protocol, section 1): shortest, no sign, no exponent.
 * @returns undefined for any other text, `"0"` included only as zero units.
 */
export function parseAmount(text: string, decimals: number): Units | undefined {
  const match = SHORTEST.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return undefined;
  return BigInt((match[1] as string) + fraction.padEnd(decimals, '0'));
}

/** The chain's one form of `units`; the inverse of {@link parseAmount}. A negative balance gets a sign. */
export function formatAmount(units: Units, decimals: number): string {
  if (units < 0n) return `-${formatAmount(-units, decimals)}`;
  const digits = units.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = trimEndZeros(digits.slice(digits.length - decimals));
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/**
 * Reads an amount as people and programs write it: a decimal string (`"1.50"`), or a JSON number.
 * @returns the units, or the sentence that says what was expected.
 */
export function readAmount(input: string | number, decimals: number): Units | string {
  const text = typeof input === 'number' ? plainDecimal(input) : input;
  const match = PLAIN.exec(text);
  if (match === null) {
    return 'must be a number above zero, written as digits with at most one point';
  }
  const whole = (match[1] as string).replace(/^0+(?=[0-9])/, '');
  const fraction = trimEndZeros(match[2] ?? '');
  if (whole.length > WHOLE_DIGITS_MAX) {
    return `must have at most ${WHOLE_DIGITS_MAX} digits before the point`;
  }
  if (fraction.length > decimals) {
    return `must have at most ${decimals} decimals, as the token has`;
  }
  const units = BigInt(whole + fraction.padEnd(decimals, '0'));
  return units === 0n ? 'must be above zero' : units;
}

/** Digits without the zeros at their end. Not `/0+$/`: that takes quadratic time where zeros come before a digit. */
function trimEndZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** A finite double without an exponent: String(1e-7) is "1e-7". Other values come back as they print. */
function plainDecimal(value: number): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (match === null) return String(value);
  const [, sign, first, rest = '', exponentText] = match as unknown as string[];
  const digits = `${first}${rest}`;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, '0')}`;
}

/** A rate from `"0"` up to but not including `"1"`, in shortest form; undefined otherwise. */
export function parseRate(text: string): Rate | undefined {
  const units = parseAmount(text, DECIMALS_MAX);
  return units === undefined || units >= RATE_SCALE ? undefined : (units as Rate);
}

/** The shares of a transfer; fee + receive = send, exactly. */
export interface FeeSplit {
  readonly fee: Units;
  readonly receive: Units;
}

/** Splits what is sent: the fee is rounded up to the token's last decimal (protocol, section 3). */
export function splitFee(send: Units, rate: Rate): FeeSplit {
  const fee = (send * rate + RATE_SCALE - 1n) / RATE_SCALE;
  return { fee, receive: send - fee };
}
