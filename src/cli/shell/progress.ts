/** Shows the progress of an audit: a bar on a terminal, a plain line now and then elsewhere. */
import type { AuditProgress } from '../../audit/run.js';
import type { Clock } from '../../ledger/clock.js';
import { counted, thousands, type Io, type Writer } from './io.js';

type SteadyClock = Pick<Clock, 'elapsed'>;

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;
const BAR_CHARACTERS = 24;
const COLUMNS_DEFAULT = 80;
/** Return to the start of the line and clear it (ECMA-48). */
const CLEAR_LINE = '\r\u001b[K';

/** Shows nothing. */
export const NO_PROGRESS: AuditProgress = { begin() {}, block() {}, finishing() {}, end() {} };

export function progressOn(io: Pick<Io, 'stderr' | 'clock'>): AuditProgress {
  return io.stderr.isTTY === true
    ? new BarProgress(io.stderr, io.clock)
    : new LineProgress(io.stderr, io.clock);
}

abstract class TimedProgress implements AuditProgress {
  protected name = '';
  protected total = 0;
  protected done = 0;
  private entries = 0;
  private started = 0;
  private shownAt = 0;

  constructor(
    protected readonly out: Writer,
    private readonly clock: SteadyClock,
    private readonly everyMs: number,
  ) {}

  begin(name: string, { blocks, entries }: { blocks: number; entries: number }): void {
    this.name = name;
    // A block takes about as long as an entry, so blocks count too: a chain of empty blocks shows progress as well.
    this.total = blocks + entries;
    this.done = 0;
    this.entries = 0;
    this.started = this.clock.elapsed();
    this.shownAt = this.started;
  }

  block(blocks: number, entries: number): void {
    this.done = blocks + entries;
    this.entries = entries;
    const now = this.clock.elapsed();
    if (now - this.shownAt < this.everyMs) return;
    this.shownAt = now;
    this.show(this.figures(blocks, now));
  }

  abstract finishing(what: string): void;
  abstract end(): void;
  protected abstract show(figures: string): void;

  protected get share(): number {
    return this.total === 0 ? 1 : Math.min(1, this.done / this.total);
  }

  private figures(blocks: number, now: number): string {
    const seconds = (now - this.started) / 1000;
    const left = this.share === 0 ? 0 : (seconds / this.share) * (1 - this.share);
    const rate = `${thousands(this.entries / seconds)} entries/s`;
    return `${counted(blocks, 'block')}, ${counted(this.entries, 'entry', 'entries')}, ${rate}, ${duration(left)} left`;
  }
}

class BarProgress extends TimedProgress {
  constructor(out: Writer, clock: SteadyClock) {
    super(out, clock, BAR_EVERY_MS);
  }

  protected override show(figures: string): void {
    const full = Math.round(this.share * BAR_CHARACTERS);
    const bar = '█'.repeat(full) + '░'.repeat(BAR_CHARACTERS - full);
    const percent = `${Math.floor(100 * this.share)}%`.padStart(4);
    this.line(`${this.name} ${bar}${percent}  ${figures}`);
  }

  override finishing(what: string): void {
    this.line(`${what} …`);
  }

  override end(): void {
    this.out.write(CLEAR_LINE);
  }

  /** Never wider than the terminal: a second line could not be cleared. */
  private line(text: string): void {
    this.out.write(CLEAR_LINE + text.slice(0, (this.out.columns ?? COLUMNS_DEFAULT) - 1));
  }
}

class LineProgress extends TimedProgress {
  constructor(out: Writer, clock: SteadyClock) {
    super(out, clock, LINE_EVERY_MS);
  }

  protected override show(figures: string): void {
    this.out.write(`${this.name}: ${Math.floor(100 * this.share)}%, ${figures}\n`);
  }

  override finishing(): void {}

  override end(): void {}
}

/** 42 as "42 s", 125 as "2 min 5 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
