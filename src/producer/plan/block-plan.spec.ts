import fc from 'fast-check';
import { BlockPlan, brokenPromise } from './block-plan.js';

const LIMITS = { entriesMax: 3, bytesMax: 100 };

function placeAll(plan: BlockPlan, sizes: readonly number[]): number[] {
  const cursor = plan.cursor();
  const blocks = sizes.map((size) => cursor.place(size, 0));
  plan.commit(cursor);
  return blocks;
}

const WAITING = { index: 8, first: 0, entries: 1, bytes: 1, since: 5 };

const emptyPlan = (): BlockPlan => BlockPlan.restore(LIMITS, 7, [], () => 0);

describe('BlockPlan', () => {
  it('promises the next block until it is full, then the one after', () => {
    expect(placeAll(emptyPlan(), [1, 1, 1, 1, 1, 1, 1])).toEqual([8, 8, 8, 9, 9, 9, 10]);
  });

  it('closes a block that another entry would make too large', () => {
    expect(placeAll(emptyPlan(), [60, 60, 40, 1])).toEqual([8, 9, 9, 10]);
  });

  it('takes an entry that is larger than a block alone', () => {
    expect(placeAll(emptyPlan(), [500, 1])).toEqual([8, 9]);
  });

  it('promises a later block to what comes while one is being sealed', () => {
    const plan = emptyPlan();
    placeAll(plan, [1]);
    expect(plan.close()).toMatchObject({ index: 8, entries: 1 });
    expect(placeAll(plan, [1, 1])).toEqual([9, 9]);
    plan.sealed();
    expect(plan.first()).toMatchObject({ index: 9, entries: 2, closed: false });
  });

  it('promises the block after an empty one that is being sealed', () => {
    const plan = emptyPlan();
    expect(plan.close()).toMatchObject({ index: 8, entries: 0 });
    expect(placeAll(plan, [1])).toEqual([9]);
  });

  it('forgets what was placed and not committed', () => {
    const plan = emptyPlan();
    plan.cursor().place(1, 0);
    expect(plan.first()).toBeUndefined();
    expect(placeAll(plan, [1])).toEqual([8]);
  });

  it('fills the gap that a crash leaves when an empty block was being sealed', () => {
    const plan = BlockPlan.restore(LIMITS, 7, [{ ...WAITING, index: 9 }], (at) => at);
    expect(plan.first()).toMatchObject({ index: 8, entries: 0, closed: true });
    plan.sealed();
    expect(plan.first()).toMatchObject({ index: 9, entries: 1, closed: false, since: 5 });
    expect(placeAll(plan, [1])).toEqual([9]);
  });

  it('fills any gap, each step of it with a block', () => {
    const blocks = [10, 13].map((index) => ({ ...WAITING, index }));
    const plan = BlockPlan.restore(LIMITS, 7, blocks, (at) => at);
    const order: [number, number][] = [];
    for (let block = plan.first(); block !== undefined; block = plan.first()) {
      order.push([block.index, block.entries]);
      plan.sealed();
    }
    expect(order.map(([index, entries]) => `${index}:${entries}`)).toEqual([
      '8:0',
      '9:0',
      '10:1',
      '11:0',
      '12:0',
      '13:1',
    ]);
  });

  it('keeps every promise, whatever is accepted, sealed and restarted in between', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('accept' as const), sizes: fc.array(fc.nat(120), { maxLength: 5 }) }),
      fc.record({ kind: fc.constant('seal' as const) }),
      fc.record({
        kind: fc.constant('crash while sealing' as const),
        sizes: fc.array(fc.nat(120), { maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        let plan = emptyPlan();
        let head = 7;
        const waiting: { block: number; size: number }[] = [];
        const accept = (sizes: readonly number[]): void => {
          placeAll(plan, sizes).forEach((block, i) => waiting.push({ block, size: sizes[i] ?? 0 }));
        };
        for (const { kind, ...rest } of actions) {
          if (kind === 'accept') accept((rest as { sizes: number[] }).sizes);
          if (kind === 'seal') {
            const { index, entries } = plan.close();
            const sealed = waiting.splice(0, entries);
            expect(index).toBe(++head);
            expect(sealed.every(({ block }) => block === index)).toBe(true);
            expect(waiting.every(({ block }) => block > index)).toBe(true);
            plan.sealed();
          }
          if (kind === 'crash while sealing') {
            plan.close();
            accept((rest as { sizes: number[] }).sizes);
            const indexes = [...new Set(waiting.map(({ block }) => block))];
            plan = BlockPlan.restore(
              LIMITS,
              head,
              indexes.map((index) => {
                const sizes = waiting.filter(({ block }) => block === index).map(({ size }) => size);
                return {
                  index,
                  first: 0,
                  entries: sizes.length,
                  bytes: sizes.reduce((a, b) => a + b, 0),
                  since: 0,
                };
              }),
              () => 0,
            );
          }
        }
        expect(waiting.map(({ block }) => block)).toEqual(
          waiting.map(({ block }) => block).sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe('promises as they are stored', () => {
  /** the stored values of a block, which may be anything */
  type Waiting = readonly [index: unknown, first: number, entries: number];
  const found = (to: number, ...blocks: readonly Waiting[]): string | undefined =>
    brokenPromise(LIMITS, {
      headIndex: 7,
      from: 20,
      to,
      blocks: blocks.map(([index, first, entries]) => ({
        ...WAITING,
        index: index as number,
        first,
        entries,
      })),
    });

  it('are right where this program can have left them', () => {
    expect(found(20)).toBeUndefined();
    expect(found(26, [8, 20, 3], [9, 23, 2], [10, 25, 1])).toBeUndefined();
    expect(found(21, [9, 20, 1])).toBeUndefined();
  });

  it.each<[number, Waiting[], string]>([
    [21, [[10, 20, 1]], 'entry 20 waits for block 10, and only 8 or 9 can be right'],
    [21, [[2 ** 40, 20, 1]], `entry 20 waits for block ${2 ** 40}, and only 8 or 9 can be right`],
    [21, [[7, 20, 1]], 'entry 20 waits for block 7, and only 8 or 9 can be right'],
    [21, [[8.5, 20, 1]], 'entry 20 waits for block 8.5, and only 8 or 9 can be right'],
    [21, [['x', 20, 1]], 'entry 20 waits for block x, and only 8 or 9 can be right'],
    [
      22,
      [
        [8, 20, 1],
        [10, 21, 1],
      ],
      'entry 21 waits for block 10, and only 8 or 9 can be right',
    ],
    [24, [[8, 20, 4]], '4 entries wait for block 8, and only 3 fit'],
    [
      22,
      [
        [8, 21, 1],
        [9, 20, 1],
      ],
      'entry 20 is missing, or waits for another block than its neighbours',
    ],
    [23, [[8, 20, 2]], '3 entries should wait, and 2 are there'],
  ])('are refused otherwise: %s, %j', (to, blocks, message) => {
    expect(found(to, ...blocks)).toBe(message);
  });
});
