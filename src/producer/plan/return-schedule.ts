/** When to return what nobody accepted: right after the end of the hold that ends first (protocol, section 7). */
import { INTERVAL_MS_MAX } from '../../chain/contract/contract.js';
import type { Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';
import type { ChainState } from '../chain/chain-state.js';
import type { Intake } from '../accept/intake.js';
import { Alarm } from './alarm.js';

/** After a failure that may pass. */
const RETRY_MS = 1000;

export class ReturnSchedule {
  private readonly timer: Alarm;

  /** @param onFailure called with what returning threw and doesn't pass by itself */
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

  /** Something was accepted, or the clock moved on: another hold may be the first now, or have ended. */
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
