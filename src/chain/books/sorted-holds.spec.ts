import fc from 'fast-check';
import type { Hash } from '../bytes/bytes.js';
import { compareHolds, FIRST_PLACE, placeAfter, SortedHolds } from './sorted-holds.js';
import type { Hold } from './wallet.js';

function hold(holdUntil: number, sequence: number): Hold {
  return {
    id: `${holdUntil}-${sequence}` as Hash,
    sequence,
    sender: 'alice',
    recipient: 'bob',
    send: 1n,
    receive: 1n,
    fee: 0n,
    holdUntil,
    state: 'held',
    endedBy: undefined,
  };
}

function sorted(...holds: Hold[]): SortedHolds {
  const all = new SortedHolds();
  for (const each of holds) all.add(each);
  return all;
}

/** All holds, found by repeatedly asking for the next one. */
function all(holds: SortedHolds): Hold[] {
  const found: Hold[] = [];
  for (let next = holds.firstFrom(FIRST_PLACE); next !== undefined;) {
    found.push(next);
    next = holds.firstFrom(placeAfter(next));
  }
  return found;
}

describe('open holds', () => {
  it('come in the order of their ends, then of their positions in the chain', () => {
    const [a, b, c, d] = [hold(5, 9), hold(7, 1), hold(7, 2), hold(70, 0)];
    expect(all(sorted(c, d, a, b))).toEqual([a, b, c, d]);
    expect(compareHolds(a, b)).toBeLessThan(0);
    expect(compareHolds(c, b)).toBeGreaterThan(0);
    expect(compareHolds(b, hold(7, 1))).toBe(0);
  });

  it('are found at or after a place', () => {
    const [a, b] = [hold(5, 9), hold(7, 1)];
    const holds = sorted(a, b);
    expect(holds.firstFrom(FIRST_PLACE)).toBe(a);
    expect(holds.firstFrom({ holdUntil: 5, sequence: 9 })).toBe(a);
    expect(holds.firstFrom(placeAfter(a))).toBe(b);
    expect(holds.firstFrom({ holdUntil: 6, sequence: 0 })).toBe(b);
    expect(holds.firstFrom(placeAfter(b))).toBeUndefined();
    expect(new SortedHolds().firstFrom(FIRST_PLACE)).toBeUndefined();
  });

  it('are removed by their place, and nothing else is', () => {
    const [a, b] = [hold(5, 9), hold(7, 1)];
    const holds = sorted(a, b);
    for (const place of [hold(5, 8), hold(5, 10), hold(6, 9), hold(8, 1)]) holds.remove(place);
    expect(all(holds)).toEqual([a, b]);
    holds.remove({ holdUntil: 5, sequence: 9 });
    holds.remove({ holdUntil: 5, sequence: 9 });
    expect(all(holds)).toEqual([b]);
  });

  it('equal a plain list that is sorted each time, whatever is added and removed', () => {
    const place = fc.record({ holdUntil: fc.nat(5), sequence: fc.nat(5) });
    const step = fc.record({ place, adds: fc.boolean(), from: place });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const holds = new SortedHolds();
        const model = new Map<string, Hold>();
        for (const { place: at, adds, from } of steps) {
          const each = hold(at.holdUntil, at.sequence);
          if (!adds) {
            holds.remove(at);
            model.delete(each.id);
          } else if (!model.has(each.id)) {
            holds.add(each);
            model.set(each.id, each);
          }
          const list = [...model.values()].sort(compareHolds);
          expect(all(holds)).toEqual(list);
          expect(holds.firstFrom(from)).toEqual(list.find((item) => compareHolds(item, from) >= 0));
        }
      }),
    );
  });
});
