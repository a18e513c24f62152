/** Keeps open holds in the order in which they end. */
import type { Hold } from './wallet.js';

/** A position in that order: by end, then by the transfer's sequence. */
export type HoldPlace = Pick<Hold, 'holdUntil' | 'sequence'>;

/** Before every hold. */
export const FIRST_PLACE: HoldPlace = { holdUntil: 0, sequence: 0 };

/** Negative if `a` comes first. */
export function compareHolds(a: HoldPlace, b: HoldPlace): number {
  return a.holdUntil - b.holdUntil || a.sequence - b.sequence;
}

/** The position right after `place`: no hold can lie between the two. */
export function placeAfter({ holdUntil, sequence }: HoldPlace): HoldPlace {
  return { holdUntil, sequence: sequence + 1 };
}

/** A sorted array: lookups are logarithmic, and a change moves bytes, not objects. */
export class SortedHolds {
  private readonly holds: Hold[] = [];

  /** @param hold its position must be free */
  add(hold: Hold): void {
    this.holds.splice(this.indexOf(hold), 0, hold);
  }

  /** Does nothing if there is no hold at that position. */
  remove(place: HoldPlace): void {
    const index = this.indexOf(place);
    const found = this.holds[index];
    if (found !== undefined && compareHolds(found, place) === 0) this.holds.splice(index, 1);
  }

  /** The first hold at `place` or after it. */
  firstFrom(place: HoldPlace): Hold | undefined {
    return this.holds[this.indexOf(place)];
  }

  /** The number of holds before `place`. */
  private indexOf(place: HoldPlace): number {
    let [from, to] = [0, this.holds.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compareHolds(this.holds[middle] as Hold, place) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
