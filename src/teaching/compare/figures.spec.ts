import { figuresOf, median, type Comparison, type Figures } from './figures.js';
import { comparisonText } from './report.js';

const words = { finalMeans: 'sealed', whenANodeLies: 'refused', whenTheProducerStops: 'it waits' };
const observed = {
  offered: 30,
  delays: [3, 1, 2, 4],
  seconds: 8,
  blocks: 2,
  cpuSeconds: 0.5,
  bytesOnWire: 4000,
  bytesOnDisk: 8000,
};

test('figures follow from what was seen, per final transaction', () => {
  expect(figuresOf(observed, 20, words)).toEqual({
    transactions_offered: 30,
    transactions_final: 4,
    seconds: 8,
    transactions_per_second: 0.5,
    blocks: 2,
    seconds_per_block: 4,
    cpu_seconds: 0.5,
    joules_per_transaction: 2.5,
    bytes_on_wire: 4000,
    bytes_on_wire_per_transaction: 1000,
    bytes_on_disk: 8000,
    bytes_on_disk_per_transaction: 2000,
    seconds_to_final: 2.5,
    final_means: 'sealed',
    when_a_node_lies: 'refused',
    when_the_producer_stops: 'it waits',
  });
});

test.each([
  [[5], 5],
  [[2, 1], 1.5],
  [[3, 1, 2], 2],
  [[9, 1, 2, 3], 2.5],
])('the median of %j is %d', (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});

test('the report has a table, bars in the order of the values, the assumption, and what was shortened', () => {
  const figures = (cpuSeconds: number): Figures => figuresOf({ ...observed, cpuSeconds }, 10, words);
  const comparison: Comparison = {
    machine: '2 cores',
    seconds: 8,
    offered_per_second: 100,
    watts_per_core: 10,
    shortened: ['proof of stake: a round every 1000 ms in place of 10000'],
    proof_of_work: figures(40),
    proof_of_stake: figures(0.04),
    bpsc: figures(0.4),
  };
  const text = comparisonText(comparison);
  expect(text).toContain('CPU seconds times 10 W, which is an assumption');
  expect(text).toContain('SHORTENED proof of stake: a round every 1000 ms in place of 10000');
  expect(text).toMatch(/joules\/transaction \(estimate\) +100 +0\.1 +1\n/);
  const bars = [...(text.split('joules/transaction (estimate) (log')[1] ?? '').matchAll(/█+/g)];
  const [work = 0, stake = 0, smart = 0] = bars.map(([bar]) => bar.length);
  expect([work > smart, smart > stake, stake > 0]).toEqual([true, true, true]);
  expect(text).toContain('When a node lies:\n  proof of work: refused.');
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});
