/**
 * The loop that follows one upstream: it owns the timer, starts rounds on request, never overlaps them, and stops
 * cleanly.
 */
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Hash } from '../../chain/bytes/bytes.js';
import { withinMs, type Clock } from '../../ledger/clock.js';
import type { Following } from './following.js';

export interface FollowLoopOptions {
  /** the timer's name, to distinguish it from those of other upstreams */
  readonly name?: string;
  /** from the end of one round to the start of the next; longer while the upstream's events arrive */
  readonly intervalMs: number;
  /** retries within a round if the upstream can't be reached */
  readonly retriesMax?: number;
  /** the maximum time that {@link FollowLoop.syncNow} waits */
  readonly waitMsMax?: number;
  /** Called with an error after which the process must stop. */
  readonly onFatal: (error: unknown) => void;
}

type LevelChains = ReadonlySet<Hash>;

const TIMER_NAME = 'follow';
const RETRIES_MAX = 3;
/**
 * The limits of the pause between two requested rounds: a few blocks per second are pulled one by one, more of them
 * together.
 */
const REST_MS_MIN = 20;
const REST_MS_MAX = 1000;
const WAIT_MS_MAX = 5_000;
/**
 * While the upstream's events arrive, they announce everything that a poll would find: polling is only a safeguard
 * then.
 */
const POLL_FACTOR_LIVE = 5;
const NONE: LevelChains = new Set();

export class FollowLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private hurry = new AbortController();
  private running: Promise<LevelChains> | undefined;
  private next: Promise<LevelChains> | undefined;
  /** whether a round was requested while another one was running */
  private again = false;
  /** no request starts a round before this time, on the steady clock */
  private restUntil = 0;
  private cancel: (() => void) | undefined;
  private isLive = false;

  constructor(
    private readonly following: Pick<Following, 'round' | 'isOver'>,
    private readonly clock: Clock,
    private readonly options: FollowLoopOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  /** Aborts the current request; a commit in progress is complete when this resolves. */
  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    this.hurry.abort();
    this.unschedule();
    await this.next;
    await this.running;
  }

  /**
   * Pulls everything that the upstream has at the time of this call, with one try. A round in progress may have polled
   * the upstream before the call: it skips its retries, and another round follows it, shared by all waiting callers.
   * @returns the chains that are level with the upstream; none if it takes longer than `waitMsMax`
   */
  async syncNow(): Promise<LevelChains> {
    if (this.stop.signal.aborted) return NONE;
    this.hurry.abort();
    this.next ??= (this.running ?? Promise.resolve(NONE)).then(() => {
      this.next = undefined;
      return this.start(0);
    });
    return (await withinMs(this.clock, this.next, this.options.waitMsMax ?? WAIT_MS_MAX)) ?? NONE;
  }

  /**
   * Called when the upstream has something new: pulls at once, or right after the current round, which may have missed
   * it.
   */
  wake(): void {
    if (this.running !== undefined || this.next !== undefined) this.again = true;
    else this.schedule(Math.min(this.restMs(), this.pauseMs));
  }

  /**
   * @param isLive whether the upstream's events arrive: if so, it is polled less often; once they end, it is polled at
   *   once
   */
  setLive(isLive: boolean): void {
    if (this.isLive === isLive) return;
    this.isLive = isLive;
    if (!isLive) this.wake();
  }

  private get pauseMs(): number {
    return this.options.intervalMs * (this.isLive ? POLL_FACTOR_LIVE : 1);
  }

  /** However often rounds are requested, the pause after a round is as long as the round was, within limits. */
  private restMs(): number {
    return Math.max(0, this.restUntil - this.clock.elapsed());
  }

  private start(retriesMax: number): Promise<LevelChains> {
    if (this.stop.signal.aborted) return Promise.resolve(NONE);
    this.unschedule();
    this.hurry = new AbortController();
    const started = this.clock.elapsed();
    const round = { retriesMax, stop: this.stop.signal, hurry: this.hurry.signal };
    this.running = this.following
      .round(round)
      .catch((error: unknown) => {
        this.stop.abort();
        this.options.onFatal(error);
        return NONE;
      })
      .finally(() => {
        this.running = undefined;
        const now = this.clock.elapsed();
        this.restUntil = now + Math.min(REST_MS_MAX, Math.max(REST_MS_MIN, now - started));
        this.schedule(this.again ? Math.min(this.restMs(), this.pauseMs) : this.pauseMs);
        this.again = false;
      });
    return this.running;
  }

  private schedule(delayMs: number): void {
    this.unschedule();
    if (this.stop.signal.aborted || this.following.isOver) return;
    const tick = (): void => {
      if (this.running === undefined && this.next === undefined) {
        void this.start(this.options.retriesMax ?? RETRIES_MAX);
      }
    };
    this.cancel = this.clock.after(delayMs, tick, this.options.name ?? TIMER_NAME);
  }

  private unschedule(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
