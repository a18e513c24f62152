/** Time that only a test advances, and predictable randomness. */
import { createHash } from 'node:crypto';
import { Clock } from '../clock.js';

interface Timer {
  readonly at: bigint;
  readonly act: () => void;
}

export class ManualClock extends Clock {
  private now = 1_506_057_125_900_785n;
  private draws = 0;
  private timers: Timer[] = [];

  /** @param seed of the random numbers */
  constructor(private readonly seed = 1) {
    super();
  }

  override microseconds(): bigint {
    return ++this.now;
  }

  override after(ms: number, act: () => void): () => void {
    const timer = { at: this.now + BigInt(ms) * 1000n, act };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((other) => other !== timer));
  }

  override random(bytes: number): Buffer {
    const digest = createHash('sha256').update(`${this.seed} ${++this.draws}`).digest();
    return digest.subarray(0, bytes);
  }

  /** Runs all timers that are due within that many milliseconds, in order. */
  turn(ms: number): void {
    const end = this.now + BigInt(ms) * 1000n;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => Number(a.at - b.at))[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((other) => other !== next);
      if (next.at > this.now) this.now = next.at;
      next.act();
    }
    if (end > this.now) this.now = end;
  }
}
