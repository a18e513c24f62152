/** Long work, with a turn for the event loop after each step. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** @returns what the steps lead to */
export async function inTurns<T>(steps: Generator<unknown, T, void>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}
