/** Shares the turns of the event loop among all who read chains, so that nobody else waits for all of them together. */

/** Read by all in one turn, before the next one has to wait: a piece or two, some milliseconds. */
const BYTES_PER_TURN = 256 * 1024;

/**
 * Reading is synchronous. Hundreds of readers, each of which leaves the loop between two of its own pieces, would still
 * read a piece each before it goes round once. So they queue: one piece a turn, the longest waiting first.
 */
export class ReadTurns {
  private readonly waiting = new Set<() => void>();
  private spent = 0;
  private isScheduled = false;

  /** Whether something may be read now, without waiting. */
  get hasRoom(): boolean {
    return this.waiting.size === 0 && this.spent < BYTES_PER_TURN;
  }

  /** Counts what was read in this turn. */
  spend(bytes: number): void {
    this.spent += bytes;
    this.schedule();
  }

  /** Resolves in a later turn, when it is the caller's to read a piece. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    this.isScheduled = false;
    this.spent = 0;
    const [first] = this.waiting;
    if (first === undefined) return;
    this.waiting.delete(first);
    first();
    if (this.waiting.size > 0) this.schedule();
  };
}
