/** Random numbers that depend on a seed alone: xoshiro128** (Blackman and Vigna), seeded by SHA-256. */
import { createHash } from 'node:crypto';

const TWO_32 = 2 ** 32;

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed any text: different texts give independent numbers */
  constructor(private readonly seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    [this.a, this.b, this.c, this.d] = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as Four;
  }

  /** Independent of what is drawn here before or after. @param purpose what it is for */
  fork(purpose: string): Random {
    return new Random(`${this.seed}/${purpose}`);
  }

  /** From 0 up to but not including 1. */
  next(): number {
    return this.word() / TWO_32;
  }

  /** A whole number from 0 up to but not including `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }

  /** The time to the next of events that come at random, on average each `mean`. */
  wait(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.word() >>> 24;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    this.fill(bytes);
    return bytes;
  }

  private word(): number {
    const product = Math.imul(rotated(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotated(this.d, 11);
    return product;
  }
}

type Four = [number, number, number, number];

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
