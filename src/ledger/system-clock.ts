/** The machine's clocks, timers and random numbers: the only implementation of {@link Clock} outside tests. */
import type { Clock } from './clock.js';

/** Where named timers are listed while they run, such as Nest's SchedulerRegistry. */
export interface TimerRegistry {
  doesExist(type: 'timeout', name: string): boolean;
  addTimeout(name: string, timer: unknown): void;
  deleteTimeout(name: string): void;
}

export class SystemClock implements Clock {
  private registry: TimerRegistry | undefined;

  /** Lists in `registry` the named timers that are set from now on. */
  listTimersIn(registry: TimerRegistry): void {
    this.registry = registry;
  }

  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  after(ms: number, callback: () => void, name?: string): () => void {
    let unlist = (): void => undefined;
    const cancel = (): void => {
      clearTimeout(timer);
      unlist();
    };
    const timer = setTimeout(
      () => {
        unlist();
        callback();
      },
      Math.max(0, ms),
    );
    if (name !== undefined) unlist = this.list(name, timer);
    return cancel;
  }

  /** Several timers may have one name: all but the first get a number. @returns a function that removes it from the list */
  private list(name: string, timer: NodeJS.Timeout): () => void {
    const { registry } = this;
    if (registry === undefined) return () => undefined;
    let listed = name;
    for (let count = 2; registry.doesExist('timeout', listed); count++) listed = `${name} ${count}`;
    registry.addTimeout(listed, timer);
    let isListed = true;
    return () => {
      if (isListed && registry.doesExist('timeout', listed)) registry.deleteTimeout(listed);
      isListed = false;
    };
  }
}

export const SYSTEM_CLOCK: Clock = new SystemClock();
