/** Removes erased content from the database's log of writes, again and again while another program reads the database. */
import { every, type Clock } from './clock.js';
import { Unavailable } from './errors.js';
import type { LedgerStore } from './store.js';

/** How soon after another program's reading has ended. */
const RETRY_MS = 1000;

/**
 * Tries at once, for what a crash left. After that, the commit of an erasure tries first, and this where that could not.
 * @param fail ends the process
 * @returns ends it
 */
export function keepScrubbed(
  store: Pick<LedgerStore, 'scrub'>,
  clock: Pick<Clock, 'after'>,
  fail: (error: unknown) => void,
): () => void {
  const scrub = (): void => {
    try {
      store.scrub();
    } catch (error) {
      if (!(error instanceof Unavailable)) fail(error);
    }
  };
  scrub();
  return every(clock, RETRY_MS, scrub);
}
