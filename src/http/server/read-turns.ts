/** Shares the turns of the event loop among all readers of chains, so that other requests don't wait for all of them. */

/** The bytes that all readers may read in one turn: a piece or two, some milliseconds. */
const BYTES_PER_TURN = 256 * 1024;

/**
 * Reading is synchronous. Hundreds of readers that each yield between two pieces would still read one piece each
 * per iteration of the loop. So they queue: one piece per turn, first come, first served.
 */
export class ReadTurns {
  private readonly waiting = new Set<() => void>();
  private spent = 0;
  private isScheduled = false;

  /** Whether a piece may be read now, without waiting. */
  get hasRoom(): boolean {
    return this.waiting.size === 0 && this.spent < BYTES_PER_TURN;
  }

  /** Counts bytes that were read in this turn. */
  spend(bytes: number): void {
    this.spent += bytes;
    this.schedule();
  }

  /** Resolves in a later turn, in which the caller may read a piece. */
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
