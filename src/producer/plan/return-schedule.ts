/** Returns holds that nobody accepted, right after they end (protocol, section 7). */
import { INTERVAL_MS_MAX } from '../../chain/contract/contract.js';
import type { Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';
import type { ChainState } from '../chain/chain-state.js';
import type { Intake } from '../accept/intake.js';
import { Alarm } from './alarm.js';

/** The delay after a temporary failure. */
const RETRY_MS = 1000;

export class ReturnSchedule {
  private readonly timer: Alarm;

  /** @param onFailure called with errors that are not temporary */
  constructor(
    private readonly state: ChainState,
    private readonly intake: Intake,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.timer = new Alarm(clock, `return:${state.name}`);
  }

  start(): void {
    this.timer.start();
    this.arm();
  }

  /** Call it when something was accepted or the clock moved: another hold may be the first one now, or have ended. */
  wake(): void {
    this.arm();
  }

  stop(): void {
    this.timer.stop();
  }

  private arm(waitMsMin = 0): void {
    const first = this.state.book?.firstOpenHold();
    if (first === undefined || !this.timer.isStarted) {
      this.timer.clear();
      return;
    }
    const wait = Math.max(first.holdUntil + 1 - this.clock.now(), waitMsMin);
    this.timer.set(Math.min(wait, INTERVAL_MS_MAX), () => void this.run());
  }

  private async run(): Promise<void> {
    try {
      await this.intake.returnExpired();
      this.arm();
    } catch (error) {
      if (error instanceof Unavailable) this.arm(RETRY_MS);
      else this.onFailure(error);
    }
  }
}
