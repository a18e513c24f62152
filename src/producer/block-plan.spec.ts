import fc from 'fast-check';
import { BlockPlan } from './block-plan.js';

const LIMITS = { entriesMax: 3, bytesMax: 100 };

function placeAll(plan: BlockPlan, sizes: readonly number[]): number[] {
  const cursor = plan.cursor();
  const blocks = sizes.map((size) => cursor.place(size, 0));
  plan.commit(cursor);
  return blocks;
}

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
    const plan = BlockPlan.restore(LIMITS, 7, [{ index: 9, entries: 1, bytes: 1, since: 5 }], (at) => at);
    expect(plan.first()).toMatchObject({ index: 8, entries: 0, closed: true });
    plan.sealed();
    expect(plan.first()).toMatchObject({ index: 9, entries: 1, closed: false, since: 5 });
    expect(placeAll(plan, [1])).toEqual([9]);
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
                return { index, entries: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0), since: 0 };
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
