/** Amounts: decimal strings on the chain; in memory, whole numbers of the token's smallest unit. */

declare const brand: unique symbol;
/** A number of the token's smallest units (10^-decimals of a token). */
export type Units = bigint;
/** A fee rate as a fraction of 10^18. */
export type Rate = bigint & { readonly [brand]: 'Rate' };

/** The maximum number of digits before the point (protocol, section 1). */
export const WHOLE_DIGITS_MAX = 30;
/** The maximum number of decimals of a token or a rate (protocol, section 2). */
export const DECIMALS_MAX = 18;

const RATE_SCALE = 10n ** BigInt(DECIMALS_MAX);
const SHORTEST = /^(0|[1-9][0-9]{0,29})(?:\.([0-9]*[1-9]))?$/;
const PLAIN = /^([0-9]+)(?:\.([0-9]+))?$/;

/**
 * Parses an amount in the chain's only form (protocol, section 1): shortest, no sign, no exponent.
 * @returns the units (zero for `"0"`), or undefined for any other text
 */
export function parseAmount(text: string, decimals: number): Units | undefined {
  const match = SHORTEST.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return undefined;
  return BigInt((match[1] as string) + fraction.padEnd(decimals, '0'));
}

/** Formats `units` in the chain's only form; the inverse of {@link parseAmount}. A negative balance gets a sign. */
export function formatAmount(units: Units, decimals: number): string {
  if (units < 0n) return `-${formatAmount(-units, decimals)}`;
  const digits = units.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = trimEndZeros(digits.slice(digits.length - decimals));
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/**
 * Reads an amount as people and programs write it: a decimal string (`"1.50"`), or a JSON number.
 * @returns the units, or what was expected, as the rest of a sentence after the field's name
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
    return `must have at most ${decimals} decimals, the token's maximum`;
  }
  const units = BigInt(whole + fraction.padEnd(decimals, '0'));
  return units === 0n ? 'must be above zero' : units;
}

/** Removes trailing zeros. Not by `/0+$/`, which takes quadratic time if zeros precede another digit. */
function trimEndZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** Writes a finite double without an exponent: String(1e-7) is "1e-7". Other values are returned as printed. */
function plainDecimal(value: number): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (match === null) return String(value);
  const [, sign, first, rest = '', exponentText] = match as unknown as string[];
  const digits = `${first}${rest}`;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, '0')}`;
}

/** Parses a rate from `"0"` up to but not including `"1"`, in shortest form; undefined otherwise. */
export function parseRate(text: string): Rate | undefined {
  const units = parseAmount(text, DECIMALS_MAX);
  return units === undefined || units >= RATE_SCALE ? undefined : (units as Rate);
}

/** The shares of a transfer; fee + receive = send, exactly. */
export interface FeeSplit {
  readonly fee: Units;
  readonly receive: Units;
}

/** Splits the amount sent: the fee is rounded up to the token's last decimal (protocol, section 3). */
export function splitFee(send: Units, rate: Rate): FeeSplit {
  const fee = (send * rate + RATE_SCALE - 1n) / RATE_SCALE;
  return { fee, receive: send - fee };
}
