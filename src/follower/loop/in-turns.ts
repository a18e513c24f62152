/** Runs long work in steps, and yields to the event loop after each. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** @returns the result of the last step */
export async function inTurns<T>(steps: Generator<unknown, T, void>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}
