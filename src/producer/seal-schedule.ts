/** When to seal (protocol, section 2): as soon as a block is full, and before an entry has waited for too long. */
import type { SchedulerRegistry } from '@nestjs/schedule';
import { Unavailable } from '../ledger/errors.js';
import type { ChainState, Clock } from './chain-state.js';
import type { Sealer } from './sealer.js';

/** What a block takes to be sealed, so that it is sealed within the interval and not after it. */
const HEAD_START_MS_MAX = 200;
/** After a failure that may pass. */
const RETRY_MS = 1000;

export class SealSchedule {
  private readonly timer: string;
  private lastSealAt: number;
  private running = false;
  private delayed = false;
  /** undefined before the start and after the end: nothing is sealed then */
  private registry: SchedulerRegistry | undefined;

  /**
   * @param onFailure called with what sealing threw: Unavailable is tried again, anything else is not
   */
  constructor(
    private readonly state: ChainState,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.timer = `seal:${state.name}`;
    const { timestamp } = state.head.header;
    this.lastSealAt = clock.elapsed() - Math.max(0, clock.now() - timestamp);
  }

  start(registry: SchedulerRegistry): void {
    this.registry = registry;
    this.poke();
  }

  /** Something was accepted or sealed: look again. */
  poke(): void {
    if (this.running) return;
    if (this.isDue()) void this.run();
    else this.arm();
  }

  sealed(): void {
    this.lastSealAt = this.clock.elapsed();
    this.delayed = false;
    this.poke();
  }

  /** Milliseconds until a block is sealed by time; null when none will be as things stand. */
  msToNext(): number | null {
    const deadline = this.deadline();
    return deadline === Infinity ? null : Math.max(0, Math.round(deadline - this.clock.elapsed()));
  }

  /** Whether the last try to seal failed, and another will come. */
  get isDelayed(): boolean {
    return this.delayed;
  }

  /** Sealing under way ends; nothing is begun. */
  async stop(): Promise<void> {
    this.disarm();
    this.registry = undefined;
    await this.sealer.idle();
  }

  private async run(): Promise<void> {
    this.running = true;
    let retryMs: number | undefined;
    this.disarm();
    try {
      while (this.isDue()) await this.sealer.sealIf(() => this.isDue());
    } catch (error) {
      this.onFailure(error);
      if (!(error instanceof Unavailable)) return;
      this.delayed = true;
      retryMs = RETRY_MS;
    } finally {
      this.running = false;
    }
    this.arm(retryMs);
  }

  private isDue(): boolean {
    if (this.registry === undefined) return false;
    const first = this.state.plan.first();
    // Closed and still here: full, or its sealing was interrupted.
    if (first?.closed === true && (this.counts() || first.entries === 0)) return true;
    return this.deadline() <= this.clock.elapsed();
  }

  private counts(): boolean {
    return this.state.chain.contract.schedule.maxEntries !== null;
  }

  /** The time, on the steady clock, at which a block must be begun; Infinity without one. */
  private deadline(): number {
    const { intervalMs, sealEmpty } = this.state.chain.contract.schedule;
    if (intervalMs === null) return Infinity;
    const since = sealEmpty ? this.lastSealAt : (this.state.plan.first()?.since ?? Infinity);
    return since + intervalMs - Math.min(HEAD_START_MS_MAX, intervalMs / 4);
  }

  private arm(retryMs?: number): void {
    this.disarm();
    const wait = retryMs ?? this.deadline() - this.clock.elapsed();
    if (wait === Infinity) return;
    this.registry?.addTimeout(
      this.timer,
      setTimeout(
        () => {
          this.disarm();
          this.poke();
        },
        Math.max(0, wait),
      ),
    );
  }

  private disarm(): void {
    if (this.registry?.doesExist('timeout', this.timer) === true) this.registry.deleteTimeout(this.timer);
  }
}
