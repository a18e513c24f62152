import { Logger } from '@nestjs/common';
import type { Violation } from '../model/model.js';
import { simulate, type Failure } from '../run.js';
import { MISTAKES } from './mistakes.js';

/** As `npm run simulate -- --runs 200`, of shorter runs. */
const RUNS_MAX = 200;
const SHORT = { hours: 0.03, rate: 4, isPlain: false };

/** The rules that each mistake breaks; which of them is seen first depends on the seed. */
const BROKEN: Readonly<Record<string, readonly string[]>> = {
  'an answer before the commit': ['promise-kept'],
  'a retry that is not idempotent': ['only-what-was-sent'],
  'a head moved without compare-and-swap': ['no-false-accusation', 'head-never-regresses', 'one-story'],
  'a stale cache of a wallet': ['books-agree'],
  'a block published before its commit': ['one-story', 'head-never-regresses'],
};

beforeAll(() => Logger.overrideLogger(false));

it.each(Object.entries(MISTAKES))(
  'the simulation finds %s',
  async (name, ports) => {
    let failure: Failure | undefined;
    for (let seed = 1; seed <= RUNS_MAX && failure === undefined; seed++) {
      ({ failure } = await simulate({ ...SHORT, seed: String(seed), ports: ports() }));
    }
    expect(BROKEN[name]).toContain((failure?.error as Violation | undefined)?.invariant);
  },
  300_000,
);
