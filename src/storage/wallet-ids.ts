/** Remembers the numbers of addresses, which never change once they are on disk. */

/** Some megabytes; the addresses that were asked for first go first. */
const ADDRESSES_MAX = 20_000;

export class WalletIds {
  private readonly committed = new Map<string, number>();
  /** given out within the transaction under way */
  private readonly uncommitted = new Map<string, number>();

  get(address: string): number | undefined {
    return this.committed.get(address) ?? this.uncommitted.get(address);
  }

  /** Within a transaction: whether it stays is known at its end. */
  add(address: string, id: number): void {
    this.uncommitted.set(address, id);
  }

  /** The transaction is on disk. */
  keep(): void {
    for (const [address, id] of this.uncommitted) this.committed.set(address, id);
    this.uncommitted.clear();
    for (const address of this.committed.keys()) {
      if (this.committed.size <= ADDRESSES_MAX) break;
      this.committed.delete(address);
    }
  }

  /** The transaction was rolled back: somebody else may get its numbers. */
  drop(): void {
    this.uncommitted.clear();
  }
}
