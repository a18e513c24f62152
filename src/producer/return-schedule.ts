/** When to return what nobody accepted: right after the end of the hold that ends first (protocol, section 7). */
import type { SchedulerRegistry } from '@nestjs/schedule';
import { INTERVAL_MS_MAX } from '../chain/contract.js';
import { Unavailable } from '../ledger/errors.js';
import type { ChainState, Clock } from './chain-state.js';
import type { Intake } from './intake.js';

/** After a failure that may pass. */
const RETRY_MS = 1000;

export class ReturnSchedule {
  private readonly timer: string;
  /** undefined before the start and after the end */
  private registry: SchedulerRegistry | undefined;

  /** @param onFailure called with what returning threw and doesn't pass by itself */
  constructor(
    private readonly state: ChainState,
    private readonly intake: Intake,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.timer = `return:${state.name}`;
  }

  start(registry: SchedulerRegistry): void {
    this.registry = registry;
    this.arm();
  }

  /** Something was accepted: another hold may be the first now. */
  poke(): void {
    this.arm();
  }

  stop(): void {
    this.disarm();
    this.registry = undefined;
  }

  private arm(waitMsMin = 0): void {
    this.disarm();
    const first = this.state.book?.firstOpenHold();
    if (first === undefined || this.registry === undefined) return;
    const wait = Math.max(first.holdUntil + 1 - this.clock.now(), waitMsMin, 0);
    const timeout = setTimeout(() => void this.run(), Math.min(wait, INTERVAL_MS_MAX));
    this.registry.addTimeout(this.timer, timeout);
  }

  private disarm(): void {
    if (this.registry?.doesExist('timeout', this.timer) === true) this.registry.deleteTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.disarm();
    try {
      await this.intake.returnExpired();
      this.arm();
    } catch (error) {
      if (error instanceof Unavailable) this.arm(RETRY_MS);
      else this.onFailure(error);
    }
  }
}
