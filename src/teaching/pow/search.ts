/** The search for a proof, step by step: the same code on a worker thread and in tests. */
import { createHash, hash, type Hash } from 'node:crypto';
import type { Challenge } from './rules.js';

export interface Job {
  /** the number must solve all of them */
  readonly challenges: readonly Challenge[];
  /** the number of hex zeros with which a hash must begin */
  readonly zeros: number;
}

/** From this length on, hashing the constant prefix only once is faster. */
const LONG = 512;

/** @returns a function that searches `count` numbers from `from` on, and returns the first that solves the job */
export function searcher({ challenges, zeros }: Job): (from: number, count: number) => number | undefined {
  const start = '0'.repeat(zeros);
  const [only, ...others] = challenges;
  if (only === undefined) throw new Error('a job has a challenge');
  if (others.length === 0 && only.before.length < LONG) return searchOne(only, start);
  const digests = challenges.map(digestOf);
  return (from, count) => {
    for (let number = from; number < from + count; number++) {
      if (digests.every((digest) => digest(number).startsWith(start))) return number;
    }
    return undefined;
  };
}

/** The tutorial's case, in a loop that only computes the hash. */
function searchOne(
  { before, after }: Challenge,
  start: string,
): (from: number, count: number) => number | undefined {
  return (from, count) => {
    for (let number = from; number < from + count; number++) {
      if (hash('sha256', before + String(number) + after).startsWith(start)) return number;
    }
    return undefined;
  };
}

function digestOf({ before, after }: Challenge): (number: number) => string {
  if (before.length < LONG) return (number) => hash('sha256', before + String(number) + after);
  const begun: Hash = createHash('sha256').update(before);
  return (number) => begun.copy().update(String(number)).update(after).digest('hex');
}

export function isSolved({ before, after }: Challenge, number: string, zeros: number): boolean {
  return hash('sha256', before + number + after).startsWith('0'.repeat(zeros));
}
