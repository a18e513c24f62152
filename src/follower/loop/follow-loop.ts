/** The loop that follows one upstream: it owns the timer, starts rounds on request, never overlaps them, and stops cleanly. */
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Hash } from '../../chain/bytes/bytes.js';
import { withinMs, type Clock } from '../../ledger/clock.js';
import type { Following } from './following.js';

export interface FollowLoopOptions {
  /** the timer's, among those of other upstreams */
  readonly name?: string;
  /** from the end of one round to the start of the next; longer while the upstream's events arrive */
  readonly intervalMs: number;
  /** further tries within a round when the upstream can't be reached */
  readonly retriesMax?: number;
  /** how long {@link FollowLoop.syncNow} lets its caller wait */
  readonly waitMsMax?: number;
  /** Called with an error after which the process must stop. */
  readonly onFatal: (error: unknown) => void;
}

type LevelChains = ReadonlySet<Hash>;

const TIMER_NAME = 'follow';
const RETRIES_MAX = 3;
/** The rest between two requested rounds: a few blocks a second are pulled one by one, more of them together. */
const REST_MS_MIN = 20;
const REST_MS_MAX = 1000;
const WAIT_MS_MAX = 5_000;
/** While the upstream's events arrive, a poll finds nothing that they don't announce: it is only a safeguard then. */
const POLL_FACTOR_LIVE = 5;
const NONE: LevelChains = new Set();

export class FollowLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private hurry = new AbortController();
  private running: Promise<LevelChains> | undefined;
  private next: Promise<LevelChains> | undefined;
  /** something new was heard of while a round was under way */
  private again = false;
  /** until then no request starts a round, on the steady clock */
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

  /** Aborts the request under way; a commit under way is done when this resolves. */
  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    this.hurry.abort();
    this.unschedule();
    await this.next;
    await this.running;
  }

  /**
   * Pulls what the upstream has at the time of this call, with one try. A round under way may have looked at the
   * upstream before: it is hurried on, and one more follows it, shared by all who wait.
   * @returns the chains that are level with the upstream; none when it takes longer than `waitMsMax`
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

  /** The upstream has something new: pulls at once, or right after the round under way, which may have missed it. */
  wake(): void {
    if (this.running !== undefined || this.next !== undefined) this.again = true;
    else this.schedule(Math.min(this.restMs(), this.pauseMs));
  }

  /** Whether the upstream's events arrive: then it is polled less often. Once they end, it is polled at once. */
  setLive(isLive: boolean): void {
    if (this.isLive === isLive) return;
    this.isLive = isLive;
    if (!isLive) this.wake();
  }

  private get pauseMs(): number {
    return this.options.intervalMs * (this.isLive ? POLL_FACTOR_LIVE : 1);
  }

  /** However often a round is requested, a follower rests as long as it works. */
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
