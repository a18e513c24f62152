/** The wait before a retry: exponential, with full jitter, so that followers don't retry at the same moment. */

export const BACKOFF_BASE_MS = 200;
export const BACKOFF_MAX_MS = 5_000;

/**
 * @param failures failed attempts so far, from 0
 * @param random from 0 up to but not including 1
 */
export function backoffMs(failures: number, random: number): number {
  return Math.floor(random * Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** failures));
}
