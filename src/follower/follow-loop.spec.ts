import { SchedulerRegistry } from '@nestjs/schedule';
import type { Hash } from '../chain/bytes.js';
import { FollowLoop, type FollowLoopOptions } from './follow-loop.js';
import type { Round } from './following.js';

type Level = ReadonlySet<Hash>;
const LEVEL: Level = new Set(['a', 'b'] as Hash[]);

/** Rounds that last until the test ends them. */
class HeldRounds {
  isOver = false;
  readonly rounds: {
    readonly round: Round;
    readonly end: (level?: Level) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  running = 0;
  overlapped = false;
  private started: (() => void)[] = [];

  round(round: Round): Promise<Level> {
    this.overlapped ||= ++this.running > 1;
    return new Promise<Level>((resolve, reject) => {
      this.rounds.push({ round, end: (level = LEVEL) => resolve(level), fail: reject });
      for (const tell of this.started.splice(0)) tell();
    }).finally(() => this.running--);
  }

  /** Resolves once so many rounds have begun. */
  async begun(count: number): Promise<void> {
    while (this.rounds.length < count) await new Promise<void>((resolve) => this.started.push(resolve));
  }
}

let held: HeldRounds;
let loop: FollowLoop;
let timers: SchedulerRegistry;
let fatal: unknown[];

function make(options: Partial<FollowLoopOptions> = {}): void {
  held = new HeldRounds();
  timers = new SchedulerRegistry();
  fatal = [];
  loop = new FollowLoop(held, timers, { intervalMs: 1, onFatal: (error) => fatal.push(error), ...options });
}

beforeEach(() => {
  make();
});
afterEach(async () => {
  expect(held.overlapped).toBe(false);
  const stopped = loop.onModuleDestroy();
  for (const { end } of held.rounds) end();
  await stopped;
  expect(timers.getTimeouts()).toEqual([]);
});

describe('a poke', () => {
  beforeEach(() => {
    // So seldom that only a poke can begin a round.
    make({ intervalMs: 3_600_000 });
    loop.onApplicationBootstrap();
  });

  it('begins a round long before its time', async () => {
    await held.begun(1);
    held.rounds[0]?.end();
    await new Promise((resolve) => setTimeout(resolve, 5));
    loop.poke();
    await held.begun(2);
  });

  it('while a round is under way begins one more after it, however many there are', async () => {
    await held.begun(1);
    for (let i = 0; i < 100; i++) loop.poke();
    held.rounds[0]?.end();
    await held.begun(2);
    held.rounds[1]?.end();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(held.rounds).toHaveLength(2);
  });

  it('lets a follower rest as long as it worked', async () => {
    await held.begun(1);
    const started = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ended = performance.now();
    held.rounds[0]?.end();
    await new Promise((resolve) => setTimeout(resolve, 1));
    loop.poke();
    await held.begun(2);
    // A timer may come a millisecond too early.
    expect(performance.now() - ended).toBeGreaterThan(ended - started - 2);
  });

  it('after the end begins nothing', async () => {
    await held.begun(1);
    held.rounds[0]?.end();
    await loop.onModuleDestroy();
    loop.poke();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(held.rounds).toHaveLength(1);
  });
});

describe('FollowLoop', () => {
  it('begins at the start, and again after each round, never two at a time', async () => {
    loop.onApplicationBootstrap();
    for (let count = 1; count <= 5; count++) {
      await held.begun(count);
      expect(timers.getTimeouts()).toEqual([]);
      expect(held.rounds[count - 1]?.round.retriesMax).toBe(3);
      held.rounds[count - 1]?.end();
    }
  });

  it('waits the interval from the end of a round, in the registry under its name', async () => {
    make({ intervalMs: 3_600_000 });
    loop.onApplicationBootstrap();
    await held.begun(1);
    held.rounds[0]?.end();
    await loop['running'];
    expect(timers.getTimeouts()).toEqual(['bpsc-follow']);
  });

  it('pulls at once when asked, with one try', async () => {
    make({ intervalMs: 3_600_000 });
    const asked = loop.syncNow();
    await held.begun(1);
    expect(held.rounds[0]?.round.retriesMax).toBe(0);
    held.rounds[0]?.end();
    expect(await asked).toBe(LEVEL);
  });

  it('begins a round after the question, however many ask, and hurries on the one under way', async () => {
    make({ intervalMs: 3_600_000 });
    loop.onApplicationBootstrap();
    await held.begun(1);
    const asked = [loop.syncNow(), loop.syncNow(), loop.syncNow()];
    expect(held.rounds[0]?.round.hurry.aborted).toBe(true);
    held.rounds[0]?.end(new Set());
    await held.begun(2);
    const later = loop.syncNow();
    held.rounds[1]?.end();
    expect(await Promise.all(asked)).toEqual([LEVEL, LEVEL, LEVEL]);
    await held.begun(3);
    held.rounds[2]?.end(new Set());
    expect(await later).toEqual(new Set());
    expect(held.rounds).toHaveLength(3);
  });

  it('lets nobody wait for long', async () => {
    make({ waitMsMax: 5 });
    expect(await loop.syncNow()).toEqual(new Set());
  });

  it('stops: ends the round under way, waits for it, and begins no other', async () => {
    loop.onApplicationBootstrap();
    await held.begun(1);
    const asked = loop.syncNow();
    const stopped = loop.onModuleDestroy();
    expect(held.rounds[0]?.round.stop.aborted).toBe(true);
    let isStopped = false;
    void stopped.then(() => (isStopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isStopped).toBe(false);
    held.rounds[0]?.end();
    await stopped;
    await asked;
    expect(await loop.syncNow()).toEqual(new Set());
    expect(held.rounds).toHaveLength(1);
  });

  it('goes no further when there is nothing left to follow', async () => {
    loop.onApplicationBootstrap();
    await held.begun(1);
    held.isOver = true;
    held.rounds[0]?.end();
    await loop['running'];
    expect(timers.getTimeouts()).toEqual([]);
  });

  it('passes on an error that the process must not outlive, and goes no further', async () => {
    loop.onApplicationBootstrap();
    await held.begun(1);
    const error = new Error('outcome unknown');
    held.rounds[0]?.fail(error);
    await loop['running'];
    expect(fatal).toEqual([error]);
    expect(timers.getTimeouts()).toEqual([]);
  });
});
