/** Puts turns of the event loop into the timeline: code that gives way with setImmediate continues at its place there. */
import { syncBuiltinESMExports } from 'node:module';
import builtIn from 'node:timers/promises';
import type { Timeline } from './timeline.js';

type Callback = (...parameters: unknown[]) => void;

const timersPromises: { setImmediate: unknown } = builtIn;

/** @returns a function that undoes it */
export function takeOverTurns(timeline: Timeline): () => void {
  const before = { callback: globalThis.setImmediate, promise: timersPromises.setImmediate };
  const byCallback = (run: Callback, ...parameters: unknown[]) => timeline.turn(() => run(...parameters));
  const byPromise = (value: unknown): Promise<unknown> =>
    new Promise((resolve) => timeline.turn(() => resolve(value)));
  set(byCallback, byPromise);
  return () => set(before.callback, before.promise);
}

function set(callback: unknown, promise: unknown): void {
  Object.assign(globalThis, { setImmediate: callback });
  timersPromises.setImmediate = promise;
  // The names that modules have imported change too.
  syncBuiltinESMExports();
}
