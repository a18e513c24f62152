/** How long another node may keep us waiting. Only waiting counts: what we do with an answer's parts is not its fault. */

import type { Clock } from '../ledger/clock.js';

/**
 * Bytes a second, on average: what comes more slowly for too long is given up, however steady it is. As low as web
 * servers set it against clients that read slowly: a slow line has ten times as much.
 */
export const BYTES_PER_SECOND_MIN = 256;

export interface PatienceLimits {
  /** Waiting in all that bytes have to earn: each gives back what it takes at the lowest rate, up to all of it. */
  readonly totalMs: number;
  /** one wait: silence */
  readonly silenceMs: number;
  /** 0: any byte gives back all of {@link totalMs} */
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

  /** Aborted when the time is over, or at a stop. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** The limit that was exceeded; undefined while none was. */
  get expired(): string | undefined {
    return this.reason;
  }

  /** Whether it ended, or would, by too few bytes and not by silence. */
  get isSlow(): boolean {
    return this.hasBytes;
  }

  /** Waits for something that `signal` aborts. */
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
