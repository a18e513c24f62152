/** Looks at the clocks every second, also while nothing else does, and at how they stand to the chains' times. */
import { Alarm } from './alarm.js';
import type { AcceptedJump, JumpEvent, WatchedClock } from './watched-clock.js';

const LOOK_EVERY_MS = 1000;
/** Less is nothing that anybody would look into. */
const BEHIND_MS_MIN = 1000;

/** `behind`: the clock is earlier than a time on a chain, by this many milliseconds. `caught-up`: no longer. */
export type ClockEvent = JumpEvent | { readonly type: 'behind' | 'caught-up'; readonly ms: number };

/** How the clock stands; milliseconds. */
export interface ClockState {
  /** see {@link WatchedClock.jumpMs} */
  readonly jumpMs: number;
  readonly acceptedJump: AcceptedJump | undefined;
  /** why no entry is accepted; undefined when entries are */
  readonly refusal: string | undefined;
  /** how much earlier the clock is than the last time on a chain, which new entries and blocks keep; 0: it isn't */
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
