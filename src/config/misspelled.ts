/**
 * Finds variables that look like misspelled ones of ours: a setting that is silently ignored is worse than an error.
 */

/** Prefixes that only our variables have. */
const PREFIXES = ['BPSC_', 'BLOCK_', 'INFORMATION_', 'SEAL_', 'SYNC_', 'FEE_', 'WALLET_'];
/** Variables that container platforms set for a service with one of these prefixes. */
const SERVICE_LINK = /_(SERVICE_(HOST|PORT)|PORT)(_|$)/;
/** Variables of the CLI. */
const OTHERS = ['BPSC_API_TOKEN', 'BPSC_NODE', 'BPSC_PASSPHRASE', 'BPSC_PROFILE', 'BPSC_WALLET'];

/** @returns pairs of a name in the environment and the one that was probably meant */
export function misspelled(
  present: readonly string[],
  known: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (const name of present) {
    if (known.has(name) || OTHERS.includes(name) || SERVICE_LINK.test(name)) continue;
    const near = nearest(name, known);
    if (near !== undefined) found.push([name, near]);
  }
  return found;
}

function nearest(name: string, known: ReadonlySet<string>): string | undefined {
  const upper = name.toUpperCase();
  // Short names resemble many others that aren't ours, so fewer differences are allowed for them, or only a different
  // case.
  const allowed = upper.length < 6 ? 0 : upper.length < 10 ? 1 : 2;
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(upper, candidate);
    if (distance < (best?.distance ?? Infinity)) best = { name: candidate, distance };
  }
  if (best === undefined) return undefined;
  if (best.distance <= allowed) return best.name;
  return PREFIXES.some((prefix) => upper.startsWith(prefix)) ? best.name : undefined;
}

/** The number of letters to insert, delete, change or swap with a neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(before, j - 2) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
