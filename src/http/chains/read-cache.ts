/** A cache of values read from the store, cleared when another process has changed the database. */
import { LRUCache } from 'lru-cache';
import type { LedgerStore } from '../../ledger/store.js';

export interface ReadCacheOptions<V> {
  /** bytes or characters, as `sizeOf` counts them */
  readonly sizeMax: number;
  /** A larger value is not cached: it would evict too many others. */
  readonly valueSizeMax?: number;
  readonly sizeOf: (value: V) => number;
}

/**
 * Sealed blocks never change, so cached values never become stale, unless somebody edits the database by
 * hand. Then the node must show what is on its disk now: an audit of a node is an audit of its database too.
 */
export class ReadCache<K extends string, V extends object | string> {
  private readonly values: LRUCache<K, V>;
  private seen: number | undefined;

  constructor(
    private readonly store: LedgerStore,
    { sizeMax, valueSizeMax = sizeMax, sizeOf }: ReadCacheOptions<V>,
  ) {
    this.values = new LRUCache({ maxSize: sizeMax, maxEntrySize: valueSizeMax, sizeCalculation: sizeOf });
  }

  get(key: K): V | undefined {
    const changes = this.store.foreignChanges();
    if (changes !== this.seen) {
      this.values.clear();
      this.seen = changes;
    }
    return this.values.get(key);
  }

  /** Must be called in the same turn of the event loop as {@link get} and the read from the store. */
  set(key: K, value: V): void {
    this.values.set(key, value);
  }
}
