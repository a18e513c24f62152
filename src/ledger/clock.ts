/** Time and chance as a node sees them. Tests and the simulation turn the clock by hand. */

export interface Clock {
  /** The wall clock: milliseconds since 1970-01-01 UTC, a whole number. It may jump in either direction. */
  now(): number;
  /** The steady clock: milliseconds from any start. It never runs backwards. */
  elapsed(): number;
  /**
   * Calls back once, after `ms` milliseconds of the steady clock; never before this call returns.
   * @param ms zero or less: as soon as possible
   * @param name of a wait of the node's own (a schedule, a pause before another try), for people who list timers;
   *   a limit on how long something else may take has none
   * @returns cancels the call; does nothing once it was made
   */
  after(ms: number, callback: () => void, name?: string): () => void;
  /** A random number from 0 up to but not including 1. Not for secrets. */
  random(): number;
}

/** Whether a signal is aborted. A call, because that changes while the caller waits. */
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

/** @returns what `work` gives; undefined when it takes longer than `limitMs`, while it continues */
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

/** Calls back every `ms` milliseconds, for the first time after that long. @returns ends it */
export function every(clock: Pick<Clock, 'after'>, ms: number, callback: () => void): () => void {
  let cancel = clock.after(ms, tick);
  function tick(): void {
    cancel = clock.after(ms, tick);
    callback();
  }
  return () => cancel();
}
