/** Limits how long another node may keep us waiting. Only waiting counts, not the time that we spend on its answer. */

import type { Clock } from '../ledger/clock.js';

/**
 * Minimum bytes per second, on average: an answer that stays slower is abandoned, however steady it is. It is as low as
 * web servers set it for slow clients: a slow line has ten times as much.
 */
export const BYTES_PER_SECOND_MIN = 256;

export interface PatienceLimits {
  /** The total waiting time. Each byte restores the time that it takes at the minimum rate, up to the total. */
  readonly totalMs: number;
  /** a single wait, without any bytes */
  readonly silenceMs: number;
  /** 0: any byte restores all of {@link totalMs} */
  readonly bytesPerSecondMin: number;
}

export class Patience {
  private readonly abort = new AbortController();
  private readonly give = (): void => {
    this.abort.abort();
  };
  private leftMs: number;
  private reason: string | undefined;
  /** whether any byte has come */
  private hasBytes = false;

  /** @param stop ends it at once */
  constructor(
    private readonly limits: PatienceLimits,
    private readonly stop: AbortSignal,
    private readonly clock: Pick<Clock, 'elapsed' | 'after'>,
  ) {
    this.leftMs = limits.totalMs;
    if (stop.aborted) this.give();
    stop.addEventListener('abort', this.give);
  }

  /** Aborted when the time is up, or at a stop. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** The limit that was exceeded; undefined while none was. */
  get expired(): string | undefined {
    return this.reason;
  }

  /** Whether the limit is exceeded by too few bytes rather than by silence. */
  get isSlow(): boolean {
    return this.hasBytes;
  }

  /** Waits for work that {@link signal} aborts. */
  async wait<T>(work: Promise<T>): Promise<T> {
    const started = this.clock.elapsed();
    const limitMs = Math.min(this.leftMs, this.limits.silenceMs);
    const cancel = this.clock.after(limitMs, () => {
      this.reason = this.reasonFor(limitMs);
      this.give();
    });
    try {
      return await work;
    } finally {
      cancel();
      this.leftMs = Math.max(0, this.leftMs - (this.clock.elapsed() - started));
    }
  }

  /** Call it with the number of bytes received: they extend the time limit. */
  received(bytes: number): void {
    if (bytes === 0) return;
    const { totalMs, bytesPerSecondMin } = this.limits;
    this.hasBytes = true;
    this.leftMs = Math.min(totalMs, this.leftMs + (1000 * bytes) / bytesPerSecondMin);
  }

  end(): void {
    this.stop.removeEventListener('abort', this.give);
  }

  private reasonFor(limitMs: number): string {
    const { totalMs, silenceMs, bytesPerSecondMin } = this.limits;
    if (limitMs === silenceMs && silenceMs < totalMs) return `nothing came for ${silenceMs} ms`;
    if (!this.hasBytes) return `it said nothing for longer than ${totalMs} ms`;
    return `fewer than ${bytesPerSecondMin} bytes a second came for longer than ${totalMs} ms`;
  }
}
