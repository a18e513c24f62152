import { ManualClock } from '../../../test/support/manual-clock.js';
import type { Hash } from '../../chain/bytes/bytes.js';
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
      for (const notify of this.started.splice(0)) notify();
    }).finally(() => this.running--);
  }

  /** Resolves once this many rounds have begun. */
  async begun(count: number): Promise<void> {
    while (this.rounds.length < count) await new Promise<void>((resolve) => this.started.push(resolve));
  }
}

const HOUR_MS = 3_600_000;

let held: HeldRounds;
let loop: FollowLoop;
let clock: ManualClock;
let fatal: unknown[];

function make(options: Partial<FollowLoopOptions> = {}): void {
  held = new HeldRounds();
  clock = new ManualClock();
  fatal = [];
  loop = new FollowLoop(held, clock, { intervalMs: 1, onFatal: (error) => fatal.push(error), ...options });
}

beforeEach(() => {
  make();
});
afterEach(async () => {
  expect(held.overlapped).toBe(false);
  const stopped = loop.onModuleDestroy();
  for (const { end } of held.rounds) end();
  await stopped;
  expect(clock.waiting).toEqual([]);
});

/** Ends a round, and lets the loop react. */
async function end(round: number, level?: Level): Promise<void> {
  held.rounds[round]?.end(level);
  await loop['running'];
}

describe('a wake', () => {
  beforeEach(async () => {
    make({ intervalMs: HOUR_MS });
    loop.onApplicationBootstrap();
    clock.pass(0);
    await held.begun(1);
  });

  it('begins a round long before its time', async () => {
    await end(0);
    clock.pass(1000);
    expect(held.rounds).toHaveLength(1);
    loop.wake();
    clock.pass(0);
    expect(held.rounds).toHaveLength(2);
  });

  it('during a round begins one more after it, however many wakes there are', async () => {
    for (let i = 0; i < 100; i++) loop.wake();
    await end(0);
    clock.pass(20);
    expect(held.rounds).toHaveLength(2);
    await end(1);
    clock.pass(HOUR_MS - 1);
    expect(held.rounds).toHaveLength(2);
    clock.pass(1);
    expect(held.rounds).toHaveLength(3);
  });

  it.each([
    [0, 20],
    [100, 100],
    [5000, 1000],
  ])('lets a follower that worked for %i ms rest for %i ms', async (workedMs, restMs) => {
    clock.pass(workedMs);
    await end(0);
    loop.wake();
    clock.pass(restMs - 1);
    expect(held.rounds).toHaveLength(1);
    clock.pass(1);
    expect(held.rounds).toHaveLength(2);
  });

  it('after the end begins no round', async () => {
    await end(0);
    await loop.onModuleDestroy();
    loop.wake();
    clock.pass(2 * HOUR_MS);
    expect(held.rounds).toHaveLength(1);
  });
});

describe('while the upstream’s events arrive', () => {
  beforeEach(async () => {
    make({ intervalMs: 1000 });
    loop.onApplicationBootstrap();
    clock.pass(0);
    await held.begun(1);
    loop.setLive(true);
    await end(0);
  });

  it('polls a fifth as often, and at once when it is woken', async () => {
    clock.pass(4999);
    expect(held.rounds).toHaveLength(1);
    clock.pass(1);
    expect(held.rounds).toHaveLength(2);
    await end(1);
    clock.pass(20);
    loop.wake();
    clock.pass(0);
    expect(held.rounds).toHaveLength(3);
  });

  it('polls at once when they end, and then as often as before', async () => {
    clock.pass(20);
    loop.setLive(false);
    clock.pass(0);
    expect(held.rounds).toHaveLength(2);
    await end(1);
    clock.pass(999);
    expect(held.rounds).toHaveLength(2);
    clock.pass(1);
    expect(held.rounds).toHaveLength(3);
  });
});

describe('FollowLoop', () => {
  it('begins at the start, and again after each round, never two at a time', async () => {
    loop.onApplicationBootstrap();
    clock.pass(0);
    for (let count = 1; count <= 5; count++) {
      expect(held.rounds).toHaveLength(count);
      expect(clock.waiting).toEqual([]);
      expect(held.rounds[count - 1]?.round.retriesMax).toBe(3);
      clock.pass(HOUR_MS);
      await end(count - 1);
      clock.pass(1);
    }
  });

  it('waits the interval from the end of a round, under its name', async () => {
    make({ intervalMs: HOUR_MS, name: 'follow:2' });
    loop.onApplicationBootstrap();
    clock.pass(0);
    clock.pass(HOUR_MS / 2);
    await end(0);
    expect(clock.waiting).toEqual(['follow:2']);
    clock.pass(HOUR_MS - 1);
    expect(held.rounds).toHaveLength(1);
    clock.pass(1);
    expect(held.rounds).toHaveLength(2);
  });

  it('pulls at once on request, with one try', async () => {
    make({ intervalMs: HOUR_MS });
    const asked = loop.syncNow();
    await held.begun(1);
    expect(held.rounds[0]?.round.retriesMax).toBe(0);
    held.rounds[0]?.end();
    expect(await asked).toBe(LEVEL);
  });

  it('begins one round after the requests, however many there are, and hurries the current one', async () => {
    make({ intervalMs: HOUR_MS });
    loop.onApplicationBootstrap();
    clock.pass(0);
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

  it('lets no caller wait for long', async () => {
    make({ waitMsMax: 5000 });
    const asked = loop.syncNow();
    clock.pass(4999);
    expect(await Promise.race([asked, Promise.resolve('waits')])).toBe('waits');
    clock.pass(1);
    expect(await asked).toEqual(new Set());
  });

  it('stops: ends the current round, waits for it, and begins no other', async () => {
    loop.onApplicationBootstrap();
    clock.pass(0);
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

  it('ends when there is nothing left to follow', async () => {
    loop.onApplicationBootstrap();
    clock.pass(0);
    await held.begun(1);
    held.isOver = true;
    held.rounds[0]?.end();
    await loop['running'];
    expect(clock.waiting).toEqual([]);
  });

  it('passes on an error that must end the process, and ends', async () => {
    loop.onApplicationBootstrap();
    clock.pass(0);
    await held.begun(1);
    const error = new Error('outcome unknown');
    held.rounds[0]?.fail(error);
    await loop['running'];
    expect(fatal).toEqual([error]);
    expect(clock.waiting).toEqual([]);
  });
});
