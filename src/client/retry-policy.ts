/** Decides which answers justify another attempt, and when. */
import type { Clock } from '../ledger/clock.js';
import type { Answer } from './transport.js';

export interface RetryPolicy {
  /** attempts after the first */
  readonly retries: number;
  /** the longest wait before the first retry, in milliseconds; it doubles with each further one */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  readonly clock: Clock;
}

/** If a node asks for more, it is tried again anyway, and may repeat that. */
export const RETRY_AFTER_MS_MAX = 30_000;

/** The node is busy, and says so before it changes anything. */
export function isBusy({ status }: Answer): boolean {
  return status === 429 || status === 503;
}

/** Exponential, with jitter over the upper half, so that clients don't retry at the same moment; never before Retry-After. */
export function waitMs(policy: RetryPolicy, failures: number, answer: Answer | undefined): number {
  const { clock } = policy;
  const limit = Math.min(policy.backoffMsMax, policy.backoffMs * 2 ** failures);
  const backoff = limit / 2 + (clock.random() * limit) / 2;
  const wanted = answer === undefined ? 0 : retryAfterMs(answer.headers.get('retry-after'), clock.now());
  return wanted === 0 ? backoff : wanted + clock.random() * policy.backoffMs;
}

/** Retry-After (RFC 9110, section 10.2.3) in milliseconds: seconds, or a date; 0 where there is none. */
export function retryAfterMs(value: string | null, now: number): number {
  if (value === null) return 0;
  const ms = /^\s*[0-9]+\s*$/.test(value) ? 1000 * Number(value) : Date.parse(value) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}
