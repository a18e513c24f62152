/** A process of the simulated world. It may die between any two events, and at a commit; nothing that it planned happens then. */

/** Thrown into the code of a process that died: whatever it does next has no effect. */
export class Died extends Error {
  override readonly name = 'Died';
  constructor(process: string) {
    super(`${process} is dead`);
  }
}

export class Process {
  isDead = false;
  /** true time until which it does nothing: its disk is slow */
  busyUntil = 0;
  /** whether a fault was injected after which it has to stop */
  isBroken = false;
  private readonly ends = new Set<() => void>();

  constructor(readonly name: string) {}

  /** @returns a function that cancels it */
  onEnd(callback: () => void): () => void {
    this.ends.add(callback);
    return () => this.ends.delete(callback);
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    const ends = [...this.ends];
    this.ends.clear();
    for (const end of ends) end();
  }

  /** @throws Died */
  assertAlive(): void {
    if (this.isDead) throw new Died(this.name);
  }
}
