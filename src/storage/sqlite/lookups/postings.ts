/** Maps keys to sequences: unsorted, sorted, and merged into a table (transaction-index.ts). */
import { endianness } from 'node:os';
import type { Statements } from '../statements.js';

/** The maximum size of a generation: the low 16 bits next to a key's 48. */
export const OFFSETS = 2 ** 16;
/** Bytes of a posting. */
export const POSTING_BYTES = 8;
/** The offset of a 64-bit number's low half. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 1] : [1, 0];

/**
 * Maps keys below 2^48 to offsets in a generation: key and offset in 64 bits, without objects, since sorting an array for
 * each key stopped a node for 20 to 60 ms. While they grow, a map finds them; once sorted, binary search does.
 */
export class Postings {
  count = 0;
  /** one offset, or several in order, by {@link shortOf} of the key; undefined once sorted */
  private byKey: Map<number, number | number[]> | undefined = new Map();
  private pairs: BigUint64Array;
  private halves: Uint32Array;

  constructor(max: number) {
    this.pairs = new BigUint64Array(max);
    this.halves = new Uint32Array(this.pairs.buffer);
  }

  /** @param bytes from {@link toBytes} */
  static ofBytes(bytes: Uint8Array): Postings {
    const postings = new Postings(Math.floor(bytes.length / POSTING_BYTES));
    const own = Buffer.from(postings.pairs.buffer);
    own.set(bytes.subarray(0, own.length));
    if (endianness() === 'BE') own.swap64();
    postings.count = postings.pairs.length;
    postings.byKey = undefined;
    return postings;
  }

  /** The sorted postings: 8 bytes each, the lowest first. */
  toBytes(): Buffer {
    const bytes = Buffer.from(this.pairs.buffer);
    return endianness() === 'BE' ? Buffer.from(bytes).swap64() : bytes;
  }

  get isSorted(): boolean {
    return this.byKey === undefined;
  }

  add(key: number, offset: number): void {
    const at = 2 * this.count++;
    this.halves[at + LOW] = lowHalf(key, offset);
    this.halves[at + HIGH] = Math.floor(key / OFFSETS);
    const short = shortOf(key);
    const before = this.byKey?.get(short);
    if (before === undefined) this.byKey?.set(short, offset);
    else if (typeof before === 'number') this.byKey?.set(short, [before, offset]);
    else before.push(offset);
  }

  /** Sorts them: no more can be added. */
  sort(): void {
    if (this.isSorted) return;
    this.pairs = this.pairs.slice(0, this.count).sort();
    this.halves = new Uint32Array(this.pairs.buffer);
    this.byKey = undefined;
  }

  /** @param at a position among the postings */
  keyAt(at: number): number {
    const [high, low] = [this.halves[2 * at + HIGH] as number, this.halves[2 * at + LOW] as number];
    return high * OFFSETS + Math.floor(low / OFFSETS);
  }

  offsetAt(at: number): number {
    return (this.halves[2 * at + LOW] as number) % OFFSETS;
  }

  /**
   * The key's offsets below `bound`, highest first, at most `limit`. Until they are sorted, some of another key
   * may be among them: callers compare whole ids, and a wallet's number is short.
   */
  newestBelow(key: number, bound: number, limit: number): readonly number[] {
    if (this.byKey === undefined) return this.inOrderBelow(key, bound, limit);
    const offsets = this.byKey.get(shortOf(key));
    if (offsets === undefined) return NONE;
    const all = typeof offsets === 'number' ? [offsets] : offsets;
    const end = firstIndex(all.length, (at) => (all[at] as number) >= bound);
    return all.slice(Math.max(0, end - limit), end).reverse();
  }

  /** The offsets of the keys from `low` to `high`, in the order of the keys, at most `limit`. */
  between(low: number, high: number, limit: number): readonly number[] {
    const found: number[] = [];
    if (this.isSorted) {
      for (let at = this.countBelow(low, 0); at < this.count && this.keyAt(at) <= high; at++) {
        if (found.push(this.offsetAt(at)) === limit) break;
      }
      return found;
    }
    const places: number[] = [];
    for (let at = 0; at < this.count; at++) {
      const key = this.keyAt(at);
      if (key >= low && key <= high) places.push(at);
    }
    places.sort((one, other) => this.keyAt(one) - this.keyAt(other));
    return places.slice(0, limit).map((at) => this.offsetAt(at));
  }

  private inOrderBelow(key: number, bound: number, limit: number): readonly number[] {
    let at = this.countBelow(key, bound) - 1;
    if (at < 0 || this.keyAt(at) !== key) return NONE;
    const found: number[] = [];
    for (; at >= 0 && found.length < limit && this.keyAt(at) === key; at--) found.push(this.offsetAt(at));
    return found;
  }

  /** The number of sorted postings before the key's offset `bound`. Every lookup searches each generation. */
  private countBelow(key: number, bound: number): number {
    const wantedHigh = Math.floor(key / OFFSETS);
    // May be 2^32, which is above all offsets of the key.
    const wantedLow = lowHalf(key, Math.max(0, Math.min(bound, OFFSETS)));
    const { halves } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = halves[2 * middle + HIGH] as number;
      const isBelow =
        found === wantedHigh ? (halves[2 * middle + LOW] as number) < wantedLow : found < wantedHigh;
      if (isBelow) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const NONE: readonly number[] = [];

/** The rows written by one statement. */
const ROWS_PER_INSERT = 16;
const VALUES_PER_INSERT = 2 * ROWS_PER_INSERT;

/** The operations on a table of keys and sequences. */
export interface LookUpTable {
  readonly insert: string;
  readonly insertMany: string;
  readonly has: string;
}

export function lookUpTable(name: string, key: string): LookUpTable {
  const insert = `INSERT OR IGNORE INTO ${name} (${key}, sequence) VALUES (?, ?)`;
  const insertMany = insert + ', (?, ?)'.repeat(ROWS_PER_INSERT - 1);
  return { insert, insertMany, has: `SELECT 1 FROM ${name} WHERE ${key} = ? AND sequence = ?` };
}

/** The sorted postings of a generation, and its first sequence. */
export interface Part {
  readonly first: number;
  readonly postings: Postings;
}

/** Merges the postings of several generations into a table, in one order. */
export class MergedPostings {
  /** the number of postings of each part in the table */
  private written: number[];
  /** the same, including the current transaction */
  private staged: number[];

  constructor(
    private readonly sql: Statements,
    private readonly table: LookUpTable,
    private readonly parts: readonly Part[],
  ) {
    this.written = parts.map(() => 0);
    this.staged = [...this.written];
  }

  /** Resumes after a start. They were written in order, so those in the table are the first ones of their part. */
  findWritten(): void {
    this.written = this.parts.map(({ first, postings }) =>
      firstIndex(postings.count, (at) => {
        return (
          this.sql.get(this.table.has, [postings.keyAt(at), first + postings.offsetAt(at)]) === undefined
        );
      }),
    );
    this.staged = [...this.written];
  }

  get isDone(): boolean {
    return this.parts.every(({ postings }, part) => this.staged[part] === postings.count);
  }

  write(count: number): void {
    const rows: number[] = [];
    for (let left = count; left > 0; left--) {
      const part = this.lowest();
      if (part === undefined) break;
      const { first, postings } = this.parts[part] as Part;
      const at = this.staged[part] as number;
      rows.push(postings.keyAt(at), first + postings.offsetAt(at));
      this.staged[part] = at + 1;
    }
    const whole = rows.length - (rows.length % VALUES_PER_INSERT);
    for (let at = 0; at < whole; at += VALUES_PER_INSERT) {
      this.sql.run(this.table.insertMany, rows.slice(at, at + VALUES_PER_INSERT));
    }
    for (let at = whole; at < rows.length; at += 2) this.sql.run(this.table.insert, rows.slice(at, at + 2));
  }

  /** The writes were committed. */
  keep(): void {
    this.written = [...this.staged];
  }

  /** The writes were rolled back. */
  drop(): void {
    this.staged = [...this.written];
  }

  /** The part whose next posting has the lowest key. */
  private lowest(): number | undefined {
    let lowest: number | undefined;
    let lowestKey = Infinity;
    for (let part = 0; part < this.parts.length; part++) {
      const { postings } = this.parts[part] as Part;
      const at = this.staged[part] as number;
      if (at === postings.count) continue;
      const key = postings.keyAt(at);
      if (key < lowestKey) {
        lowest = part;
        lowestKey = key;
      }
    }
    return lowest;
  }
}

/** The part of a key that V8 stores without a heap object. */
function shortOf(key: number): number {
  return key % 2 ** 30;
}

function lowHalf(key: number, offset: number): number {
  return (key % OFFSETS) * OFFSETS + offset;
}

/** Binary search: the first index where the predicate is true, or `count`. It must be true at all later indexes. */
function firstIndex(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
