/** A clock that the test turns: no timer fires by itself. */
import type { Clock } from '../../src/ledger/clock.js';

interface SetTimer {
  readonly at: number;
  readonly callback: () => void;
  readonly name: string | undefined;
}

export class ManualClock implements Clock {
  /** the wall clock; may be set to make it jump */
  time = 1_760_000_000_000;
  /** the steady clock */
  steady = 0;
  private timers: SetTimer[] = [];

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.steady;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, callback: () => void, name?: string): () => void {
    const timer = { at: this.steady + Math.max(0, ms), callback, name };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((other) => other !== timer));
  }

  /** Both clocks run on; timers that are due by then fire in the order of their times. */
  pass(ms: number): void {
    const end = this.steady + ms;
    for (let due = this.firstUntil(end); due !== undefined; due = this.firstUntil(end)) {
      this.timers = this.timers.filter((other) => other !== due);
      this.move(Math.max(due.at, this.steady));
      due.callback();
    }
    this.move(end);
  }

  /** Names of the timers that are set, first to fire first. */
  get waiting(): readonly (string | undefined)[] {
    return this.timers.toSorted((a, b) => a.at - b.at).map(({ name }) => name);
  }

  private firstUntil(end: number): SetTimer | undefined {
    const [first] = this.timers.toSorted((a, b) => a.at - b.at);
    return first !== undefined && first.at <= end ? first : undefined;
  }

  private move(steady: number): void {
    this.time += steady - this.steady;
    this.steady = steady;
  }
}
