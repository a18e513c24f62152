/** `chains.json` of a static layout: the chains that it has (protocol, section 9). */
import { parseHash, type Hash } from '../bytes/bytes.js';
import { asFields } from '../bytes/fields.js';
import { JsonError, parseStrictJson } from '../bytes/json.js';
import { shownName } from './shown-chain.js';

export interface LogListItem {
  readonly id: Hash;
  /** what whoever wrote the list calls it: proves nothing */
  readonly name: string;
}

/** The text of the file. */
export function formatLogList(chains: readonly LogListItem[]): string {
  return JSON.stringify({ chains: chains.map(({ id, name }) => ({ id, name })) });
}

/** The chains in such a text from outside, each once; a sentence about what is wrong with it otherwise. */
export function parseLogList(text: string): readonly LogListItem[] | string {
  let value: unknown;
  try {
    ({ value } = parseStrictJson(text));
  } catch (error) {
    if (error instanceof JsonError) return `it must be JSON: ${error.message}`;
    throw error;
  }
  const items = asFields(value)?.chains;
  if (!Array.isArray(items)) return 'it must be an object with an array of chains';
  const chains = new Map<Hash, LogListItem>();
  for (const item of items as unknown[]) {
    const fields = asFields(item) ?? {};
    const [id, name] = [parseHash(fields.id), shownName(fields)];
    if (id === undefined || name === '')
      return 'each of its chains must have an id of 64 hex digits and a name';
    chains.set(id, { id, name });
  }
  return [...chains.values()];
}
