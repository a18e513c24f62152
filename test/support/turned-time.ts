/** Time that only the test turns: a node's clocks and its timers together. */
import type { TestProducer } from './test-producer.js';

/** So many turns of the event loop without anything sealed or accepted: nothing more comes before time passes. */
const QUIET_TURNS = 40;

/** From now on timers fire when {@link pass} says so. `jest.useRealTimers()` ends it. */
export function stopTime(): void {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'clearImmediate',
      'clearInterval',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'setInterval',
    ],
  });
}

/** Lets the node do all that is due now. */
export async function settle({ store }: TestProducer): Promise<void> {
  const state = (): string =>
    (['token', 'information'] as const)
      .map((kind) => `${store.head(kind).header.index} ${store.tail(kind).nextSequence}`)
      .join(' ');
  let last = state();
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    await new Promise(setImmediate);
    const now = state();
    if (now !== last) quiet = 0;
    last = now;
  }
}

/** Both clocks and the timers go on, in steps, with all that is due done at each. */
export async function pass(node: TestProducer, ms: number, stepMs = 50): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    const step = Math.min(left, stepMs);
    node.clock.pass(step);
    jest.advanceTimersByTime(step);
    await settle(node);
  }
}
