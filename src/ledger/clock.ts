/** The port to clocks, timers and random numbers. Tests and the simulation advance the clock by hand. */

export interface Clock {
  /** The wall clock: milliseconds since 1970-01-01 UTC, a whole number. It may jump in either direction. */
  now(): number;
  /** The steady clock: milliseconds since an arbitrary start. It never runs backwards. */
  elapsed(): number;
  /**
   * Calls back once, after `ms` milliseconds of the steady clock; never before this call returns.
   * @param ms zero or less: as soon as possible
   * @param name for people who list timers, if the node itself waits (for a schedule, or before a retry); a timeout of
   *   another operation has none
   * @returns a function that cancels the call; it does nothing after the call
   */
  after(ms: number, callback: () => void, name?: string): () => void;
  /** A random number from 0 up to but not including 1. Not for secrets. */
  random(): number;
}

/** Whether a signal is aborted. A function, because the compiler assumes that a property keeps its value over an await. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * Resolves after `ms` milliseconds, or as soon as `wake` is aborted. Never rejects.
 * @param name see {@link Clock.after}
 */
export function sleep(
  clock: Pick<Clock, 'after'>,
  ms: number,
  name: string,
  wake?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (wake?.aborted === true) return resolve();
    const end = (): void => {
      cancel();
      wake?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end, name);
    wake?.addEventListener('abort', end, { once: true });
  });
}

/** @returns the result of `work`; undefined if it takes longer than `limitMs`: it continues in the background */
export async function withinMs<T>(
  clock: Pick<Clock, 'after'>,
  work: Promise<T>,
  limitMs: number,
): Promise<T | undefined> {
  let cancel: (() => void) | undefined;
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(limitMs, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel?.();
  }
}

/** Calls back every `ms` milliseconds, the first time after `ms`. @returns a function that stops it */
export function every(clock: Pick<Clock, 'after'>, ms: number, callback: () => void): () => void {
  let cancel = clock.after(ms, tick);
  function tick(): void {
    cancel = clock.after(ms, tick);
    callback();
  }
  return () => cancel();
}
