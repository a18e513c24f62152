/** Reads CHAINS and other variables that contain a JSON array or the path of a file with one. */
import { readFileSync } from 'node:fs';
import { JsonError, parseStrictJson, pathTo } from '../chain/bytes/json.js';
import type { FieldError } from '../ledger/errors.js';
import { readChainSettings, type ChainDefaults, type ChainSettings } from './chain-settings.js';

/** The nesting level of the array around the items, which the protocol's own limit does not count. */
const ENVELOPE_DEPTH = 1;

/**
 * @param text the value of CHAINS
 * @param chainsMax the maximum number of chains of a node
 * @returns the chains, or the problems, as the rest of sentences after "CHAINS"
 */
export function readChains(
  text: string,
  defaults: ChainDefaults,
  chainsMax: number,
): readonly ChainSettings[] | { readonly problems: readonly string[] } {
  const items = readJsonArray(text, 'of chains');
  if ('problems' in items) return items;
  if (items.length === 0) return { problems: ['must have at least one chain'] };
  if (items.length > chainsMax) {
    return { problems: [`has ${items.length} chains: CHAINS_MAX allows ${chainsMax}`] };
  }
  const chains: ChainSettings[] = [];
  const errors: FieldError[] = [];
  const firstOf = new Map<string, number>();
  for (const [place, item] of items.entries()) {
    const chain = readChainSettings(item, defaults, `[${place}]`);
    if ('errors' in chain) {
      errors.push(...chain.errors);
      continue;
    }
    const first = firstOf.get(chain.name);
    if (first === undefined) firstOf.set(chain.name, place);
    else {
      const message = `must differ from [${first}].name: both are ${chain.name}`;
      errors.push({ field: `[${place}].name`, message });
    }
    chains.push(chain);
  }
  if (errors.length === 0) return chains;
  return { problems: errors.map(({ field, message }) => `${field} ${message}`) };
}

/** The maximum number of problems to report. */
const PROBLEMS_MAX = 10;

/**
 * @param text JSON, or the path of a file with it
 * @param items the kind of its items, such as "of chains"
 * @returns the items, or the problems, as the rest of sentences after the variable's name
 */
export function readJsonArray(
  text: string,
  items: string,
): readonly unknown[] | { readonly problems: readonly string[] } {
  const expected = `must be a JSON array ${items}, or the path of a file with one`;
  let source = text;
  const isFile = !/^[[{"]/.test(text);
  if (isFile) {
    try {
      source = readFileSync(text, 'utf8');
    } catch (error) {
      return { problems: [`${expected}: ${(error as Error).message}`] };
    }
  }
  const problems: string[] = [];
  try {
    const { value } = parseStrictJson(source, ENVELOPE_DEPTH, ({ place }) => {
      problems.push(
        `${pathText(pathTo(place))} has more digits than a JSON number can hold: write it as a string`,
      );
    });
    if (problems.length > 0) return { problems: problems.slice(0, PROBLEMS_MAX) };
    return Array.isArray(value) ? (value as readonly unknown[]) : { problems: [expected] };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = error.pointer === '' ? '' : ` at ${error.pointer}`;
    return { problems: [`${error.message}${place}${isFile ? ` (in ${text})` : ''}`] };
  }
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
}
