/** Time and chance, as the follower takes them: tests bring their own. */
import { setTimeout as sleepFor } from 'node:timers/promises';

export interface World {
  /** milliseconds since 1970-01-01 UTC */
  now(): number;
  /** from 0 up to but not including 1 */
  random(): number;
  /** Resolves after so many milliseconds, or as soon as `wake` is aborted; never rejects. */
  sleep(ms: number, wake: AbortSignal): Promise<void>;
}

/** Whether a signal is aborted; a call, since that changes while the caller waits. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

export const realWorld: World = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: async (ms, wake) => {
    await sleepFor(ms, undefined, { signal: wake }).catch(() => undefined);
  },
};
