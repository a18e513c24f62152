import fc from 'fast-check';
import { WatchedClock, type JumpEvent } from './watched-clock.js';

const START = 1_760_000_000_000;
const HOUR_MS = 3_600_000;

class Machine {
  wall = START;
  steady = 123.456;
  readonly events: JumpEvent[] = [];
  readonly clock: WatchedClock;

  constructor(jumpMsMax = 10_000) {
    const system = {
      now: () => Math.round(this.wall),
      elapsed: () => this.steady,
      after: () => () => undefined,
      random: () => 0,
    };
    this.clock = new WatchedClock(system, jumpMsMax, (event) => this.events.push(event));
  }

  /** Advances both clocks, the wall clock possibly at another rate, and reads them now and then. */
  pass(ms: number, rate = 1, everyMs = 1000): void {
    for (let left = ms; left > 0; left -= everyMs) {
      const step = Math.min(left, everyMs);
      this.steady += step;
      this.wall += step * rate;
      this.clock.look();
    }
  }

  get isRefused(): boolean {
    this.clock.look();
    return this.clock.refusal !== undefined;
  }
}

describe('WatchedClock', () => {
  it('is the wall clock, to the bound', () => {
    for (const step of [-10_000, -1, 0, 1, 9_999, 10_000]) {
      const machine = new Machine();
      machine.pass(5000);
      machine.wall += step;
      expect([machine.clock.now(), machine.isRefused, machine.events]).toEqual([
        START + 5000 + step,
        false,
        [],
      ]);
    }
  });

  it('does not believe a jump ahead: nothing gets its time, and entries are refused', () => {
    const machine = new Machine();
    machine.pass(5000);
    machine.wall += HOUR_MS;
    expect(machine.clock.now()).toBe(START + 5000);
    machine.pass(20_000);
    expect(machine.clock.now()).toBe(START + 25_000);
    expect(machine.clock.jumpMs).toBe(HOUR_MS);
    expect(machine.clock.refusal).toMatchObject({ code: 'CLOCK_IMPLAUSIBLE', retryAfterSeconds: 40 });
    expect(machine.clock.refusal?.message).toBe(
      'the wall clock jumped ahead by 3600000 ms, more than 10000 (CLOCK_JUMP_MAX_MS): entries are refused until it ' +
        'is back, or has stayed there for 40 s more',
    );
    expect(() => machine.clock.assertBelieved()).toThrow(/jumped ahead/);
    expect(machine.events).toEqual([{ type: 'jumped', ms: HOUR_MS }]);
  });

  it('takes the wall clock again when it is back', () => {
    const machine = new Machine();
    machine.wall += HOUR_MS;
    machine.pass(59_000);
    machine.wall -= HOUR_MS;
    expect(() => machine.clock.assertBelieved()).not.toThrow();
    expect(machine.clock.now()).toBe(START + 59_000);
    expect(machine.events).toEqual([
      { type: 'jumped', ms: HOUR_MS },
      { type: 'returned', ms: HOUR_MS },
    ]);
    expect([machine.clock.jumpMs, machine.clock.acceptedJump]).toEqual([0, undefined]);
  });

  it('takes a jump that has lasted for a minute, and counts the time that the machine slept', () => {
    const machine = new Machine();
    const before = machine.clock.elapsed();
    machine.wall += HOUR_MS;
    expect(machine.isRefused).toBe(true);
    machine.pass(59_999);
    expect(machine.isRefused).toBe(true);
    machine.pass(1);
    expect(machine.isRefused).toBe(false);
    expect(machine.clock.now()).toBe(START + HOUR_MS + 60_000);
    expect(machine.clock.elapsed() - before).toBe(HOUR_MS + 60_000);
    expect(machine.clock.acceptedJump).toEqual({ ms: HOUR_MS, at: START + HOUR_MS + 60_000 });
    expect(machine.events).toEqual([
      { type: 'jumped', ms: HOUR_MS },
      { type: 'accepted', ms: HOUR_MS },
    ]);
  });

  it('starts over with a jump to another time', () => {
    const machine = new Machine();
    machine.wall += HOUR_MS;
    machine.pass(50_000);
    machine.wall += HOUR_MS;
    machine.pass(50_000);
    expect([machine.isRefused, machine.clock.jumpMs]).toEqual([true, 2 * HOUR_MS]);
    machine.pass(11_000);
    expect(machine.clock.acceptedJump).toMatchObject({ ms: 2 * HOUR_MS });
  });

  it('goes on with a clock that was set back, and takes it at once when it is back', () => {
    const machine = new Machine();
    machine.pass(5000);
    machine.wall -= HOUR_MS;
    expect([machine.clock.now(), machine.isRefused]).toEqual([START + 5000 - HOUR_MS, false]);
    machine.wall += HOUR_MS;
    expect([machine.clock.now(), machine.isRefused]).toEqual([START + 5000, false]);
    machine.wall -= HOUR_MS;
    machine.pass(62_000);
    const before = machine.clock.elapsed();
    expect(machine.clock.acceptedJump).toMatchObject({ ms: -HOUR_MS });
    machine.pass(1000);
    expect(machine.clock.elapsed() - before).toBe(1000);
  });

  it('sees a jump in small steps', () => {
    const machine = new Machine();
    for (let step = 0; step < 2; step++) {
      machine.pass(1000);
      machine.wall += 9000;
    }
    expect(machine.isRefused).toBe(true);
    // Not one after the other without a wait in between: the second isn't taken because the first was.
    expect(machine.isRefused).toBe(true);
    expect(machine.events).toEqual([{ type: 'jumped', ms: 18_000 }]);
  });

  it.each([0.9995, 0.9998, 1.0002, 1.0005])('drifts for weeks at a rate of %s and has not jumped', (rate) => {
    const machine = new Machine();
    machine.pass(21 * 24 * HOUR_MS, rate, 20_000);
    expect(Math.abs(machine.wall - machine.steady - START)).toBeGreaterThan(300_000);
    expect([machine.clock.now(), machine.events]).toEqual([Math.round(machine.wall), []]);
  });

  it('has another bound where that is wanted', () => {
    const machine = new Machine(100);
    machine.wall += 101;
    expect(machine.isRefused).toBe(true);
  });

  it('never gives a time beyond what both clocks agree on, unless the jump has lasted', () => {
    const act = fc.oneof(
      fc.record({ pass: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ jump: fc.integer({ min: -200_000, max: 200_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const machine = new Machine();
        // An independent account, by the steady clock: where the wall clock stood, and the highest time ever given.
        const seen: { at: number; wall: number }[] = [];
        let highest = START - 123.456;
        for (const each of acts) {
          if ('pass' in each) machine.pass(each.pass);
          else machine.wall += each.jump;
          const now = machine.clock.now();
          const offset = machine.wall - machine.steady;
          // A second less than a minute, so that samples from the beginning of the jump are excluded.
          const minuteAgo = machine.steady - 59_000;
          const stayed = seen.filter(({ at }) => at > minuteAgo);
          const hasLasted =
            seen.some(({ at }) => at <= minuteAgo) &&
            stayed.every((one) => Math.abs(one.wall - offset) <= 20_000);
          if (!hasLasted) expect(now - machine.steady).toBeLessThanOrEqual(highest + 10_000 + 1);
          expect(now).toBeLessThanOrEqual(Math.round(machine.wall));
          expect(Number.isInteger(now)).toBe(true);
          seen.push({ at: machine.steady, wall: offset });
          highest = Math.max(highest, now - machine.steady);
        }
      }),
    );
  });
});
