/** Caches rows by their key, as they are on disk; changes of a transaction are kept separately until it ends. */

/** Some megabytes; the oldest are removed first. */
const ROWS_MAX = 20_000;

export class RowCache<Value> {
  private readonly committed = new Map<string, Value>();
  /** set within the current transaction */
  private readonly uncommitted = new Map<string, Value>();

  get(key: string): Value | undefined {
    return this.uncommitted.get(key) ?? this.committed.get(key);
  }

  /** Adds a row that was read outside of a transaction. */
  remember(key: string, value: Value): void {
    this.put(key, value);
    this.bound();
  }

  /** Adds a row within a transaction; its outcome decides whether it stays. */
  set(key: string, value: Value): void {
    this.uncommitted.set(key, value);
  }

  /** The transaction is on disk. */
  keep(): void {
    for (const [key, value] of this.uncommitted) this.put(key, value);
    this.uncommitted.clear();
    this.bound();
  }

  /** The transaction was rolled back. */
  drop(): void {
    this.uncommitted.clear();
  }

  private put(key: string, value: Value): void {
    this.committed.delete(key);
    this.committed.set(key, value);
  }

  private bound(): void {
    if (this.committed.size <= ROWS_MAX) return;
    for (const key of this.committed.keys()) {
      if (this.committed.size <= ROWS_MAX) return;
      this.committed.delete(key);
    }
  }
}
