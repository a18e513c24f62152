/** Time that only the test turns: a node's clocks and its timers together. */
import { firstOf } from './first-of.js';
import type { TestProducer } from './test-producer.js';

/** This many turns of the event loop without anything sealed or accepted: nothing more comes before time passes. */
const QUIET_TURNS = 40;
/** A condition that is not met by then never will be. */
const PATIENCE_MS = 5000;

/** Lets the node do all that is due now. */
export async function settle({ store }: TestProducer): Promise<void> {
  const state = (): string =>
    (['token', 'information'] as const)
      .map(
        (kind) => `${firstOf(store, kind).head().header.index} ${firstOf(store, kind).tail().nextSequence}`,
      )
      .join(' ');
  let last = state();
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    await new Promise(setImmediate);
    const now = state();
    if (now !== last) quiet = 0;
    last = now;
  }
}

/** The clock and its timers go on, in steps, with all that is due done at each. */
export async function pass(node: TestProducer, ms: number, stepMs = 50): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    node.clock.pass(Math.min(left, stepMs));
    await settle(node);
  }
}

/** Waits for what comes without any more time of the node's clock. */
export async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !condition();) {
    if (Date.now() > end) throw new Error(`never: ${condition.toString()}`);
    await new Promise(setImmediate);
  }
}
