/**
 * True time, and everything that will happen, in one ordered queue. An event runs with all the promises that it settles
 * before the next one begins; nothing else in the process may be asynchronous.
 */
import type { Process } from './process.js';

interface Event {
  at: number;
  readonly order: number;
  /** whose code it runs; undefined: the world's own */
  readonly owner: Process | undefined;
  readonly run: () => void;
  isCancelled: boolean;
}

/** The real one: it runs after all promises that can be settled are. */
const endOfTurn = globalThis.setImmediate;

export class Timeline {
  /** true time in milliseconds since 1970-01-01 UTC, with fractions */
  now: number;
  /** events that ran */
  steps = 0;
  /** whose code runs */
  current: Process | undefined;
  private order = 0;
  private readonly heap: Event[] = [];
  /** what runs before anything else, in order: what was planned for the next turn of the event loop */
  private turns: Event[] = [];
  private nextTurn = 0;

  constructor(begin: number) {
    this.now = begin;
  }

  /** @returns a function that cancels it */
  schedule(ms: number, run: () => void, owner: Process | undefined): () => void {
    const event = { at: this.now + ms, order: this.order++, owner, run, isCancelled: false };
    this.push(event);
    return () => (event.isCancelled = true);
  }

  /** Plans for the next turn of the event loop. */
  turn(run: () => void): () => void {
    const event = { at: this.now, order: this.order++, owner: this.current, run, isCancelled: false };
    this.turns.push(event);
    return () => (event.isCancelled = true);
  }

  /**
   * Runs everything that happens before `end`.
   * @param after called after each event with its owner
   */
  async runUntil(end: number, after: (owner: Process | undefined) => void): Promise<void> {
    for (;;) {
      const event = this.take(end);
      if (event === undefined) break;
      this.now = Math.max(this.now, event.at);
      this.current = event.owner;
      this.steps++;
      event.run();
      await new Promise<void>((resolve) => endOfTurn(resolve));
      this.current = undefined;
      after(event.owner);
    }
    this.now = end;
  }

  private take(end: number): Event | undefined {
    for (;;) {
      const event = this.takeTurn() ?? this.takeFirst(end);
      if (event === undefined) return undefined;
      const { owner } = event;
      if (event.isCancelled || owner?.isDead === true) continue;
      if (owner === undefined || owner.busyUntil <= Math.max(this.now, event.at)) return event;
      event.at = owner.busyUntil;
      this.push(event);
    }
  }

  private takeTurn(): Event | undefined {
    const event = this.turns[this.nextTurn];
    if (event !== undefined) this.nextTurn++;
    else if (this.nextTurn > 0) {
      this.turns = [];
      this.nextTurn = 0;
    }
    return event;
  }

  private takeFirst(end: number): Event | undefined {
    const { heap } = this;
    const [first] = heap;
    if (first === undefined || first.at >= end) return undefined;
    const last = heap.pop() as Event;
    if (last === first) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[place] = heap[child] as Event;
      place = child;
    }
    heap[place] = last;
    return first;
  }

  private push(event: Event): void {
    const { heap } = this;
    let place = heap.length;
    for (; place > 0;) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[place] = heap[parent] as Event;
      place = parent;
    }
    heap[place] = event;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
