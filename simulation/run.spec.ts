import { Logger } from '@nestjs/common';
import { simulate } from './run.js';

const SHORT = { hours: 0.02, rate: 2, isPlain: false };

beforeAll(() => Logger.overrideLogger(false));

describe('a simulated run', () => {
  it('is the same for the same seed, and another one for another seed', async () => {
    const [first, again, other] = [
      await simulate({ ...SHORT, seed: '1' }),
      await simulate({ ...SHORT, seed: '1' }),
      await simulate({ ...SHORT, seed: '2' }),
    ];
    expect(first).toMatchObject({ failure: undefined });
    expect(first.entries).toBeGreaterThan(20);
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  });

  it('ends at the step that is asked for, as a replay does', async () => {
    const shown: string[][] = [[], []];
    const run = (place: number, steps: number) =>
      simulate({ ...SHORT, seed: '3', steps, show: (line) => shown[place]?.push(line) });
    await run(0, 2000);
    expect(await run(1, 1000)).toMatchObject({ steps: 1000, failure: undefined });
    const [long = [], short = []] = shown;
    expect(short.length).toBeGreaterThan(10);
    expect(long.slice(0, short.length)).toEqual(short);
  });
});
