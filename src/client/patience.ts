/** A limit on how long a node may keep us waiting, as a signal for fetch. */

/** The caller's own signal ended it. */
export class Stopped extends Error {
  override readonly name = 'AbortError';
}

/** Not AbortSignal.any and .timeout: over many requests the former keeps memory on a long-lived signal in Node 20. */
export class Patience {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stop = (): void => this.controller.abort();
  /** whether the node took too long */
  expired = false;

  constructor(
    /** milliseconds from now, or from the last {@link alive} */
    readonly limitMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    if (outer?.aborted === true) this.stop();
    outer?.addEventListener('abort', this.stop);
    this.alive();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins to wait anew. */
  alive(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.expired = true;
      this.controller.abort();
    }, this.limitMs);
  }

  /** Waits no longer: what is done with what came is not the node's time. */
  pause(): void {
    clearTimeout(this.timer);
  }

  end(): void {
    this.pause();
    this.outer?.removeEventListener('abort', this.stop);
  }
}

/** @throws Stopped when `signal` aborts first, or has */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Stopped('stopped'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) return stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** What the promise gives, unless `signal` aborts first. @throws Stopped */
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

/** What long work leads to, with a turn for everything else after each step. @throws Stopped */
export async function inTurns<T>(steps: Generator<unknown, T, void>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await sleep(0, signal);
  }
}
