/** Time and randomness for the teaching chains: one port, so that tests control time. */
import { randomBytes } from 'node:crypto';

export abstract class Clock {
  /** Microseconds since 1970, greater than every earlier result: the chains identify things by their time. */
  abstract microseconds(): bigint;
  /** Runs `act` once, after that many milliseconds. @returns a function that cancels it */
  abstract after(ms: number, act: () => void): () => void;
  /** Returns that many unpredictable bytes. */
  abstract random(bytes: number): Buffer;

  /** Runs `act` repeatedly, first after `firstMs` and then every `ms`. @returns a function that stops it */
  every(ms: number, act: () => void, firstMs = ms): () => void {
    let cancel: () => void;
    const wait = (delay: number): void => {
      cancel = this.after(delay, () => {
        wait(ms);
        act();
      });
    };
    wait(firstMs);
    return () => cancel();
  }

  /** Python's `time.time()`. */
  seconds(): number {
    return Number(this.microseconds()) / 1e6;
  }
}

export class SystemClock extends Clock {
  private last = 0n;

  override microseconds(): bigint {
    const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
    this.last = now > this.last ? now : this.last + 1n;
    return this.last;
  }

  override after(ms: number, act: () => void): () => void {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  }

  override random(bytes: number): Buffer {
    return randomBytes(bytes);
  }
}
