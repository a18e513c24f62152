/** Ids on the command line: complete, or their first digits, which the node completes. */
import { InvalidArgumentError } from 'commander';
import { parseHash } from '../../chain/bytes/bytes.js';
import type { BpscClient } from '../../client/client.js';
import type { Found } from '../../client/search-results.js';
import { Trouble } from './io.js';

/** Fewer digits are ambiguous too often. */
export const PREFIX_DIGITS_MIN = 8;
const ID_OR_PREFIX = /^[0-9a-f]{8,64}$/;
/** As many as fit on a screen. */
const LISTED_MAX = 20;

/** For commander: 8 to 64 hex digits, in lower case. */
export function idOrPrefix(text: string): string {
  const lower = text.toLowerCase();
  if (ID_OR_PREFIX.test(lower)) return lower;
  throw new InvalidArgumentError(
    `It must be 64 hex digits, or the first ${PREFIX_DIGITS_MIN} or more of them.`,
  );
}

/** What an id may name. */
export type EntryType = 'transaction' | 'information';
const NAMES: Readonly<Record<EntryType, string>> = { transaction: 'transaction', information: 'record' };

export interface Wanted {
  /** from {@link idOrPrefix} */
  readonly id: string;
  readonly types: readonly EntryType[];
  /** the chain's name or id; undefined: any chain of the node */
  readonly chain: string | undefined;
}

export interface Located {
  readonly id: string;
  /** the chain that has it, by name or id; undefined: the node's default chain of its kind */
  readonly chain: string | undefined;
}

/**
 * Completes the first digits of an id, and finds the chain where none is named. The node is believed: what is read
 * afterwards is compared with the complete id.
 * @throws Trouble if nothing begins with the digits, or more than one entry does: these are listed
 */
export async function locate(wanted: Wanted, client: BpscClient, signal: AbortSignal): Promise<Located> {
  const { id, chain, types } = wanted;
  const isComplete = parseHash(id) !== undefined;
  if (isComplete && chain !== undefined) return { id, chain };
  const { results, more } = await client.search(id, { signal });
  const name = chain === undefined ? undefined : await nameOf(chain, client, signal);
  const found = results.flatMap((result) =>
    isEntry(result) && types.includes(result.type) && (name === undefined || result.chain === name)
      ? result
      : [],
  );
  const [only, ...others] = found;
  // The route says in its own words that it has no such entry.
  if (only === undefined && isComplete) return { id, chain };
  const kinds = types.map((type) => NAMES[type]).join(' or ');
  if (only === undefined) throw new Trouble(`no ${kinds} of ${client.url} begins with ${id}`);
  if (others.length === 0 && (!more || isComplete)) return { id: only.id, chain: only.chain };
  const choices = found.map((each) => ({ name: `${NAMES[each.type]} of ${each.chain}`, hash: each.id }));
  throw ambiguous(id, choices, more);
}

type FoundEntry = Found & { readonly type: EntryType };

function isEntry(result: Found): result is FoundEntry {
  return result.type === 'transaction' || result.type === 'information';
}

/** An error that lists what the first digits of a hash may mean. */
export function ambiguous(
  digits: string,
  choices: readonly { readonly name: string; readonly hash: string }[],
  more: boolean,
): Trouble {
  const lines = choices.slice(0, LISTED_MAX).map(({ name, hash }) => `  ${hash}  ${name}`);
  if (more || choices.length > LISTED_MAX) lines.push('  and others');
  const message = `${digits} is ambiguous. Type more digits of one of these, or name the chain with --chain:`;
  return new Trouble(message, { lines });
}

async function nameOf(reference: string, client: BpscClient, signal: AbortSignal): Promise<string> {
  const { all } = await client.chains({ signal });
  return (all.find(({ id }) => id === reference) ?? { name: reference }).name;
}
