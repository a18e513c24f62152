import { ManualClock } from '../../test/support/manual-clock.js';
import { BYTES_PER_SECOND_MIN, Patience } from './patience.js';

const never = new AbortController().signal;
const LIMITS = { totalMs: 30_000, silenceMs: 10_000, bytesPerSecondMin: BYTES_PER_SECOND_MIN };

/** Bytes come in pieces, a wait before each. @returns why it was abandoned, and after how long */
async function receive(
  pieces: Iterable<{ afterMs: number; bytes: number }>,
  limits = LIMITS,
): Promise<string> {
  const clock = new ManualClock();
  const patience = new Patience(limits, never, clock);
  for (const { afterMs, bytes } of pieces) {
    let come = (): void => undefined;
    const piece = patience.wait(new Promise<void>((resolve) => (come = resolve)));
    clock.pass(afterMs);
    come();
    await piece;
    if (patience.expired !== undefined) return `${patience.expired}, at ${clock.elapsed()}`;
    patience.received(bytes);
  }
  return `all of it, at ${clock.elapsed()}`;
}

const steady = (count: number, afterMs: number, bytes: number) =>
  Array(count).fill({ afterMs, bytes }) as never;

describe('Patience', () => {
  it('takes a block that comes steadily on a slow line, however long it takes in all', async () => {
    // 16 MiB at 5 KiB a second: the better part of an hour.
    expect(await receive(steady(3277, 1000, 5120))).toBe('all of it, at 3277000');
  });

  it('takes what comes at the lowest rate, and bursts with pauses in between', async () => {
    expect(await receive(steady(1000, 1000, BYTES_PER_SECOND_MIN))).toBe('all of it, at 1000000');
    expect(await receive(steady(100, 9000, 9 * BYTES_PER_SECOND_MIN))).toBe('all of it, at 900000');
  });

  it('gives up what trickles: a byte now and then earns no patience', async () => {
    expect(await receive(steady(1000, 1000, 1))).toMatch(
      /^fewer than 256 bytes a second .* 30000 ms, at 31000$/,
    );
    expect(await receive(steady(1e4, 1000, BYTES_PER_SECOND_MIN / 2))).toMatch(/^fewer .*, at 59000$/);
  });

  it('gives up silence, at the beginning and in the middle', async () => {
    expect(await receive(steady(1, 10_000, 1))).toBe('nothing came for 10000 ms, at 10000');
    const stalled = [
      { afterMs: 10, bytes: 1e6 },
      { afterMs: 10_000, bytes: 1 },
    ];
    expect(await receive(stalled)).toBe('nothing came for 10000 ms, at 10010');
  });

  it('has no more patience for a lot that came before', async () => {
    const rows = [
      { afterMs: 10, bytes: 1e9 },
      ...(steady(1000, 1000, 1) as { afterMs: number; bytes: number }[]),
    ];
    expect(await receive(rows)).toMatch(/^fewer .*, at 31010$/);
  });

  it('where there is no lowest rate, looks at silence alone', async () => {
    expect(await receive(steady(1000, 9000, 1), { ...LIMITS, bytesPerSecondMin: 0 })).toBe(
      'all of it, at 9000000',
    );
  });

  it('does not count what we do ourselves, and ends at a stop', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const patience = new Patience(LIMITS, stop.signal, clock);
    for (let i = 0; i < 10; i++) {
      await patience.wait(Promise.resolve());
      clock.pass(20_000);
    }
    expect([patience.expired, patience.signal.aborted]).toEqual([undefined, false]);
    stop.abort();
    expect(patience.signal.aborted).toBe(true);
  });
});
