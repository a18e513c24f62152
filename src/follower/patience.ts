/** How long a request may let us wait. Only waiting counts: what we do with an answer's parts is not the upstream's fault. */

export class Patience {
  private readonly abort = new AbortController();
  private readonly give = (): void => {
    this.abort.abort();
  };
  private leftMs: number;
  private reason: string | undefined;

  /**
   * @param totalMs all waiting together
   * @param stallMs one wait
   * @param stop ends it at once
   */
  constructor(
    private readonly totalMs: number,
    private readonly stallMs: number,
    private readonly stop: AbortSignal,
  ) {
    this.leftMs = totalMs;
    if (stop.aborted) this.give();
    stop.addEventListener('abort', this.give);
  }

  /** Aborted when the time is over, or at a stop. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Which time is over; undefined while none is. */
  get expired(): string | undefined {
    return this.reason;
  }

  /** Waits for something that `signal` aborts. */
  async wait<T>(work: Promise<T>): Promise<T> {
    const started = performance.now();
    const limitMs = Math.min(this.leftMs, this.stallMs);
    const timer = setTimeout(() => {
      this.reason =
        limitMs === this.stallMs
          ? `nothing came for ${this.stallMs} ms`
          : `it took longer than ${this.totalMs} ms`;
      this.give();
    }, limitMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      this.leftMs = Math.max(0, this.leftMs - (performance.now() - started));
    }
  }

  end(): void {
    this.stop.removeEventListener('abort', this.give);
  }
}
