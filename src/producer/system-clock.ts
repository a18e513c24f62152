/** The machine's own clocks. */
import type { Clock } from '../ledger/clock.js';

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
