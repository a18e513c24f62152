/** Compares the wall clock with the steady clock to detect jumps of the wall clock. */
import type { Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';

/** A jump that lasts this long is accepted: the machine was suspended, or its clock was corrected. */
export const JUMP_ACCEPTED_AFTER_MS = 60_000;
/**
 * Only differences within this time count as a jump. Over weeks the two clocks drift apart by any amount: a quartz by some
 * 20 parts in a million, slewed by NTP by 500 at most, which is 30 ms in this window.
 */
const WINDOW_MS = 60_000;
/** The time between two samples. */
const SAMPLE_EVERY_MS = 1000;

/** `jumped`: the wall clock is not trusted for now. `returned`: it is back. `accepted`: the jump has lasted. */
export interface JumpEvent {
  readonly type: 'jumped' | 'returned' | 'accepted';
  /** how far the wall clock is ahead of the expected time, in milliseconds; negative: behind */
  readonly ms: number;
}

export interface AcceptedJump {
  readonly ms: number;
  /** the wall clock when it was accepted */
  readonly at: number;
}

/** The difference between the clocks at a time of the steady one. */
interface Sample {
  readonly at: number;
  readonly offset: number;
}

export class WatchedClock implements Clock {
  /** of the last {@link WINDOW_MS}, oldest first, never empty; while a jump is pending, those before it */
  private samples: Sample[];
  /** the first sample of a pending jump */
  private pending: Sample | undefined;
  /** the sum of accepted forward jumps: time that the steady clock didn't count */
  private skippedMs = 0;
  private lastAccepted: AcceptedJump | undefined;

  /**
   * @param jumpMsMax the wall clock has jumped if it deviates by more from the elapsed time within a minute
   * @param onEvent must not throw
   */
  constructor(
    private readonly system: Clock,
    private readonly jumpMsMax: number,
    private readonly onEvent: (event: JumpEvent) => void,
  ) {
    this.samples = [this.sample(system.now())];
  }

  /**
   * The wall clock. While a jump ahead is pending, the time without the jump: nothing is dated in a future that may not
   * be real.
   */
  now(): number {
    const wall = this.look();
    if (this.pending === undefined) return wall;
    return Math.min(wall, Math.floor(this.system.elapsed() + this.reference.offset));
  }

  /** The steady clock, including the time of suspension as soon as that is known. */
  elapsed(): number {
    return this.system.elapsed() + this.skippedMs;
  }

  after(ms: number, callback: () => void, name?: string): () => void {
    return this.system.after(ms, callback, name);
  }

  random(): number {
    return this.system.random();
  }

  /** How far the wall clock is ahead of the expected time while a jump is pending, negative if it is behind; otherwise 0. */
  get jumpMs(): number {
    return this.pending === undefined ? 0 : Math.round(this.pending.offset - this.reference.offset);
  }

  /** The last accepted jump. */
  get acceptedJump(): AcceptedJump | undefined {
    return this.lastAccepted;
  }

  /**
   * Why nothing is accepted, as of the last comparison; undefined if entries are accepted. A wall clock that was set back
   * does no harm: entries keep the time of the last one until it has caught up.
   */
  get refusal(): Unavailable | undefined {
    const { pending, jumpMs } = this;
    if (pending === undefined || jumpMs < 0) return undefined;
    const leftMs = JUMP_ACCEPTED_AFTER_MS - (this.system.elapsed() - pending.at);
    const seconds = Math.max(1, Math.ceil(leftMs / 1000));
    return new Unavailable(
      'CLOCK_IMPLAUSIBLE',
      `the wall clock jumped ahead by ${jumpMs} ms, more than ${this.jumpMsMax} (CLOCK_JUMP_MAX_MS): entries are ` +
        `refused until it is back, or has stayed there for ${seconds} s more`,
      seconds,
    );
  }

  /** @throws Unavailable while a jump ahead is pending */
  assertBelieved(): void {
    if (this.pending === undefined) return;
    this.look();
    if (this.refusal !== undefined) throw this.refusal;
  }

  /** Compares the two clocks. @returns the wall clock, trusted or not */
  look(): number {
    const wall = this.system.now();
    const sample = this.sample(wall);
    if (this.pending === undefined) {
      if (this.isNear(sample, this.reference)) this.keep(sample);
      else this.begin(sample);
    } else if (this.isNear(sample, this.reference)) {
      const { jumpMs } = this;
      this.pending = undefined;
      this.onEvent({ type: 'returned', ms: jumpMs });
    } else if (!this.isNear(sample, this.pending)) {
      this.begin(sample);
    } else if (sample.at - this.pending.at >= JUMP_ACCEPTED_AFTER_MS) {
      this.accept(sample, wall);
    }
    return wall;
  }

  private begin(sample: Sample): void {
    this.pending = sample;
    this.onEvent({ type: 'jumped', ms: this.jumpMs });
  }

  private accept(sample: Sample, wall: number): void {
    const { jumpMs: ms } = this;
    if (ms > 0) this.skippedMs += ms;
    this.pending = undefined;
    this.samples = [sample];
    this.lastAccepted = { ms, at: wall };
    this.onEvent({ type: 'accepted', ms });
  }

  private keep(sample: Sample): void {
    const { samples } = this;
    if (sample.at - (samples.at(-1) as Sample).at < SAMPLE_EVERY_MS) return;
    samples.push(sample);
    while ((samples[1]?.at ?? Infinity) <= sample.at - WINDOW_MS) samples.shift();
  }

  /** The oldest sample of the window: several small steps add up to a jump. */
  private get reference(): Sample {
    return this.samples[0] as Sample;
  }

  private isNear(sample: Sample, other: Sample): boolean {
    return Math.abs(sample.offset - other.offset) <= this.jumpMsMax;
  }

  private sample(wall: number): Sample {
    const at = this.system.elapsed();
    return { at, offset: wall - at };
  }
}
