// Rounds of measurements that take turns, and what they come to.
import { median } from './report.mjs';

/**
 * Measures several things in turn, round after round: whatever slows the machine down for a while meets all of them,
 * and none always goes first. A first round that isn't counted compiles the code and fills the caches.
 * @param measures by name, functions that give what they measured, as a number
 * @returns for each round an object of numbers by name
 */
export async function alternate(rounds, measures, { warmUp = true } = {}) {
  const names = Object.keys(measures);
  const measured = [];
  for (let round = warmUp ? 0 : 1; round <= rounds; round++) {
    const result = {};
    for (const name of round % 2 === 1 ? names : [...names].reverse()) result[name] = await measures[name]();
    if (round > 0) measured.push(result);
  }
  return measured;
}

/**
 * A line of the report.
 * @param aim `{ ratioMin }`, `{ ratioMax }`, `{ oursMin }` or `{ oursMax }`; none for a figure that is only reported
 * @param rounds each with `ours` and, where there is one, `ceiling`
 */
export function figure({ name, unit, aim, rounds }) {
  const ours = median(rounds.map((round) => round.ours));
  if (rounds[0].ceiling === undefined) {
    const values = rounds.map((round) => round.ours);
    const spread = [Math.min(...values), Math.max(...values)];
    return { figure: name, unit, ours, ceiling: null, ratio: null, spread, aim, rounds };
  }
  const ratios = rounds.map((round) => round.ours / round.ceiling);
  return {
    figure: name,
    unit,
    ours,
    ceiling: median(rounds.map((round) => round.ceiling)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    aim,
    rounds,
  };
}

/** How many in a second, by `act`, which does `count` of them. */
export async function perSecond(count, act) {
  const start = performance.now();
  await act();
  return (count / (performance.now() - start)) * 1000;
}
