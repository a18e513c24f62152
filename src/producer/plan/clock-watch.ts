/** Compares the clocks every second, even if nothing else reads them, with each other and with the chains' times. */
import { Alarm } from './alarm.js';
import type { AcceptedJump, JumpEvent, WatchedClock } from './watched-clock.js';

const LOOK_EVERY_MS = 1000;
/** Smaller differences don't matter. */
const BEHIND_MS_MIN = 1000;

/** `behind`: the clock is earlier than a time on a chain, by this many milliseconds. `caught-up`: no longer. */
export type ClockEvent = JumpEvent | { readonly type: 'behind' | 'caught-up'; readonly ms: number };

/** The state of the clock, in milliseconds. */
export interface ClockState {
  /** see {@link WatchedClock.jumpMs} */
  readonly jumpMs: number;
  readonly acceptedJump: AcceptedJump | undefined;
  /** why no entry is accepted; undefined if entries are accepted */
  readonly refusal: string | undefined;
  /** how far the clock is behind the latest time on the chains, which new entries and blocks keep; 0 if it is not */
  readonly behindMs: number;
}

export class ClockWatch {
  private readonly timer: Alarm;
  private isBehind = false;

  /** @param lastTime the last time on any chain, waiting entries included */
  constructor(
    private readonly clock: WatchedClock,
    private readonly lastTime: () => number,
    private readonly onEvent: (event: ClockEvent) => void,
  ) {
    this.timer = new Alarm(clock, 'clock');
  }

  start(): void {
    this.timer.start();
    this.look();
  }

  stop(): void {
    this.timer.stop();
  }

  state(): ClockState {
    const behindMs = Math.max(0, this.lastTime() - this.clock.now());
    const { jumpMs, acceptedJump, refusal } = this.clock;
    return { jumpMs, acceptedJump, refusal: refusal?.message, behindMs };
  }

  private look(): void {
    const ms = this.state().behindMs;
    if (ms >= BEHIND_MS_MIN !== this.isBehind) {
      this.isBehind = !this.isBehind;
      this.onEvent({ type: this.isBehind ? 'behind' : 'caught-up', ms });
    }
    this.timer.set(LOOK_EVERY_MS, () => this.look());
  }
}
