/** A timer for one callback: setting it again replaces the previous one. */
import type { Clock } from '../../ledger/clock.js';

export class Alarm {
  /** false before the start and after the stop: then nothing is set */
  private hasStarted = false;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Pick<Clock, 'after'>,
    /** see {@link Clock.after} */
    private readonly name: string,
  ) {}

  get isStarted(): boolean {
    return this.hasStarted;
  }

  start(): void {
    this.hasStarted = true;
  }

  stop(): void {
    this.clear();
    this.hasStarted = false;
  }

  /** Calls back once, and replaces an earlier setting; does nothing before the start and after the stop. */
  set(ms: number, call: () => void): void {
    this.clear();
    if (this.hasStarted) this.cancel = this.clock.after(ms, call, this.name);
  }

  clear(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
