/** The command line of the simulation. */
import { parseArgs } from 'node:util';
import type { Frame } from './scenario.js';

export const USAGE = `npm run simulate -- [--seed N] [--hours H] [--runs R] [--rate X] [--plain] [--steps S] [--json] [--trace]
  --seed   the first seed, a whole number; 1 by default
  --hours  simulated hours of each run; 1 by default
  --runs   runs, each with the next seed; 1 by default
  --rate   requests per second on average; 1 by default
  --plain  one producer and five followers, without faults
  --steps  ends after so many steps
  --json   prints an object for each run, whose first member is its digest
  --trace  writes what happens to stderr, line by line
`;

export interface Arguments extends Omit<Frame, 'seed'> {
  readonly first: number;
  readonly runs: number;
  readonly steps: number | undefined;
  readonly isJson: boolean;
  readonly isTraced: boolean;
}

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  hours: { type: 'string', default: '1' },
  runs: { type: 'string', default: '1' },
  rate: { type: 'string', default: '1' },
  steps: { type: 'string' },
  plain: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  trace: { type: 'boolean', default: false },
} as const;

/** @returns a sentence where something is wrong */
export function readArguments(words: readonly string[]): Arguments | string {
  let values;
  try {
    ({ values } = parseArgs({ args: [...words], options: OPTIONS }));
  } catch (error) {
    return (error as Error).message;
  }
  const { seed, hours, runs, rate, steps } = values;
  if (!/^(0|[1-9][0-9]{0,14})$/.test(seed)) return `--seed must be a whole number, not ${seed}`;
  for (const [name, value] of Object.entries({ hours, runs, rate, steps })) {
    if (value !== undefined && !(Number(value) > 0))
      return `--${name} must be a number above zero, not ${value}`;
  }
  return {
    first: Number(seed),
    hours: Number(hours),
    runs: Number(runs),
    rate: Number(rate),
    steps: steps === undefined ? undefined : Number(steps),
    isPlain: values.plain,
    isJson: values.json,
    isTraced: values.trace,
  };
}
