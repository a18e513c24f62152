/** Decides when to seal (protocol, section 2): as soon as a block is full, and before an entry has waited for too long. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';
import type { ChainState } from '../chain/chain-state.js';
import { Alarm } from './alarm.js';
import type { Sealer } from '../seal/sealer.js';

/** The time reserved for sealing, so that a block is sealed within the interval and not after it. */
const HEAD_START_MS_MAX = 200;
/** The delay after a temporary failure. */
const RETRY_MS = 1000;

export class SealSchedule {
  private readonly timer: Alarm;
  private lastSealAt: number;
  private running = false;
  /** the last attempt to seal failed */
  private delayed = false;
  /** the last attempt has just failed: only the timer retries */
  private isResting = false;

  /**
   * @param onFailure called with errors of sealing: only after Unavailable is it retried
   */
  constructor(
    private readonly state: ChainState,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.timer = new Alarm(clock, `seal:${state.name}`);
    const { timestamp } = state.head.header;
    this.lastSealAt = clock.elapsed() - Math.max(0, clock.now() - timestamp);
  }

  start(): void {
    this.timer.start();
    this.wake();
  }

  /** Call it when something was accepted or sealed, or the clock moved. */
  wake(): void {
    if (this.running || this.isResting || !this.timer.isStarted) return;
    if (this.isDue()) void this.run();
    else this.arm();
  }

  sealed(): void {
    this.lastSealAt = this.clock.elapsed();
    this.delayed = false;
    this.isResting = false;
    this.wake();
  }

  /** Milliseconds until the next block is sealed by schedule; null if none is due. */
  msToNext(): number | null {
    const due = this.dueAt();
    return due === Infinity ? null : Math.max(0, Math.round(due - this.clock.elapsed()));
  }

  /** Whether the last attempt to seal failed and will be repeated. */
  get isDelayed(): boolean {
    return this.delayed;
  }

  /** Waits for the current seal; no other one begins. */
  async stop(): Promise<void> {
    this.timer.stop();
    await this.sealer.idle();
  }

  private async run(): Promise<void> {
    this.running = true;
    this.timer.clear();
    try {
      while (this.isDue()) {
        await this.sealer.sealIf(() => this.isDue());
        // However many blocks are due, other work gets a turn between two of them.
        await nextTurn();
      }
    } catch (error) {
      this.onFailure(error);
      if (!(error instanceof Unavailable)) return;
      this.rest();
      return;
    } finally {
      this.running = false;
    }
    this.arm();
  }

  private rest(): void {
    this.delayed = true;
    this.isResting = true;
    this.timer.set(RETRY_MS, () => {
      this.isResting = false;
      this.wake();
    });
  }

  private isDue(): boolean {
    return this.timer.isStarted && this.dueAt() <= this.clock.elapsed();
  }

  /** When the next block must be begun, on the steady clock; -Infinity: at once; Infinity: not until something changes. */
  private dueAt(): number {
    const { intervalMs, maxEntries, sealEmpty } = this.state.chain.contract.schedule;
    const first = this.state.plan.first();
    const isScheduled = intervalMs !== null || maxEntries !== null;
    // Closed but not sealed: it is full, by count or by size, or its sealing was interrupted.
    if (first?.closed === true && (isScheduled || first.entries === 0)) return -Infinity;
    if (intervalMs === null) return Infinity;
    // The next block has the oldest waiting entry. That may be older than the last seal, if it was accepted during it.
    const since = Math.min(first?.since ?? Infinity, sealEmpty ? this.lastSealAt : Infinity);
    return since + intervalMs - Math.min(HEAD_START_MS_MAX, intervalMs / 4);
  }

  private arm(): void {
    const wait = this.dueAt() - this.clock.elapsed();
    if (wait === Infinity) this.timer.clear();
    else this.timer.set(wait, () => this.wake());
  }
}
