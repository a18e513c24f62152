/** Time as the machine tells it, for whoever waits for another node. */
import type { Timer } from '../ledger/patience.js';

export const realTimer: Timer = {
  elapsed: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
