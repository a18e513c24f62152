/** Parses the end of a hold: a time, or a duration from now. */
import { InvalidArgumentError } from 'commander';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^([1-9][0-9]{0,8})([smhd])$/;
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * @param now milliseconds since 1970-01-01 UTC
 * @throws InvalidArgumentError
 */
export function holdUntil(text: string, now: number): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count !== undefined) return now + Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError(
      'It must be a duration such as 90s, 30m, 2h or 7d, or a time such as 2027-01-31T12:00Z.',
    );
  }
  if (time <= now) throw new InvalidArgumentError('It is over.');
  return time;
}
