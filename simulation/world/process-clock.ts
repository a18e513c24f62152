/** The clock of a simulated process: its timers are events of the timeline, its wall clock may be wrong. */
import type { Clock } from '../../src/ledger/clock.js';
import type { Process } from './process.js';
import type { Random } from './random.js';
import type { Timeline } from './timeline.js';

/** A machine's wall clock, which outlives its processes. */
export class WallClock {
  /** by how much it is wrong, in milliseconds, at {@link since} */
  private offsetMs = 0;
  private since = 0;
  /** how much faster it runs than true time, in parts per million */
  private driftPpm = 0;

  constructor(private readonly timeline: Timeline) {}

  now(): number {
    return Math.floor(this.timeline.now + this.wrongMs());
  }

  wrongMs(): number {
    return this.offsetMs + ((this.timeline.now - this.since) * this.driftPpm) / 1e6;
  }

  jump(ms: number): void {
    this.set(this.wrongMs() + ms, this.driftPpm);
  }

  drift(ppm: number): void {
    this.set(this.wrongMs(), ppm);
  }

  /** Right again, and from now on. */
  correct(): void {
    this.set(0, 0);
  }

  private set(offsetMs: number, driftPpm: number): void {
    this.offsetMs = offsetMs;
    this.driftPpm = driftPpm;
    this.since = this.timeline.now;
  }
}

export class ProcessClock implements Clock {
  private readonly startedAt: number;

  constructor(
    private readonly timeline: Timeline,
    private readonly process: Process,
    private readonly wall: WallClock,
    private readonly chance: Random,
  ) {
    this.startedAt = timeline.now;
  }

  now(): number {
    return this.wall.now();
  }

  elapsed(): number {
    return this.timeline.now - this.startedAt;
  }

  after(ms: number, callback: () => void): () => void {
    return this.timeline.schedule(Math.max(0, ms), callback, this.process);
  }

  random(): number {
    return this.chance.next();
  }
}
