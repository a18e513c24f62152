/** A limit on how long a node may keep us waiting, as a signal for fetch. */

import { sleep as wait, type Clock } from '../ledger/clock.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';

/** The caller's own signal aborted. */
export class Stopped extends Error {
  override readonly name = 'AbortError';
}

/** Not AbortSignal.any and .timeout: over many requests the former keeps memory on a long-lived signal in Node 20. */
export class Patience {
  private readonly controller = new AbortController();
  private cancel: (() => void) | undefined;
  private readonly stop = (): void => this.controller.abort();
  /** whether the node took too long */
  expired = false;

  constructor(
    /** milliseconds from now, or from the last {@link alive} */
    readonly limitMs: number,
    private readonly outer: AbortSignal | undefined,
    private readonly clock: Pick<Clock, 'after'>,
  ) {
    if (outer?.aborted === true) this.stop();
    outer?.addEventListener('abort', this.stop);
    this.alive();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Restarts the wait. */
  alive(): void {
    this.cancel?.();
    this.cancel = this.clock.after(this.limitMs, () => {
      this.expired = true;
      this.controller.abort();
    });
  }

  /** Ends the wait: time spent on processing an answer doesn't count. */
  pause(): void {
    this.cancel?.();
  }

  end(): void {
    this.pause();
    this.outer?.removeEventListener('abort', this.stop);
  }
}

/** @throws Stopped when `signal` aborts first, or has */
export async function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  await wait(clock, ms, 'client', signal);
  if (signal?.aborted === true) throw new Stopped('stopped');
}

/** The promise's value, unless `signal` aborts first. @throws Stopped */
export async function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) throw new Stopped('stopped');
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Stopped('stopped'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** The result of long work, with a turn for everything else after each step. @throws Stopped */
export async function inTurns<T>(steps: Generator<unknown, T, void>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await sleep(SYSTEM_CLOCK, 0, signal);
  }
}
