import { BACKOFF_MAX_MS, backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it.each([
    [0, 0, 0],
    [0, 0.5, 100],
    [1, 0.5, 200],
    [2, 0.5, 400],
    [3, 0.999, 1598],
    [1000, 0.5, BACKOFF_MAX_MS / 2],
  ])('after %i failures, with a chance of %f, is %i ms', (failures, random, expected) => {
    expect(backoffMs(failures, random)).toBe(expected);
  });
});
