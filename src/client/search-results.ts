/** The results of a node's search. Nothing of them is verified. */
import type { AnswerFields } from './reading.js';

interface FoundBase {
  /** `exact`: the query is its id, hash, index, name or address; `prefix`: that begins with the query */
  readonly match: 'exact' | 'prefix';
  /** the chain's name on the node */
  readonly chain: string;
}

export type Found = FoundBase &
  (
    | { readonly type: 'chain' }
    | { readonly type: 'block'; readonly index: number; readonly hash: string }
    | { readonly type: 'transaction' | 'information'; readonly id: string }
    | { readonly type: 'wallet'; readonly address: string }
  );

export interface SearchResults {
  /** exact matches first */
  readonly results: readonly Found[];
  /** whether there are more than the node lists */
  readonly more: boolean;
}

/** @throws UnexpectedAnswerError */
export function readSearchResults(answer: AnswerFields): SearchResults {
  return { results: answer.objects('results').map(readFound), more: answer.fields.more === true };
}

const MATCHES = ['exact', 'prefix'] as const;
const TYPES = ['chain', 'block', 'transaction', 'information', 'wallet'] as const;

function readFound(item: AnswerFields): Found {
  const found = { match: item.oneOf('match', MATCHES), chain: item.text('chain') };
  const type = item.oneOf('type', TYPES);
  switch (type) {
    case 'chain':
      return { ...found, type };
    case 'block':
      return { ...found, type, index: item.count('index'), hash: item.text('hash') };
    case 'wallet':
      return { ...found, type, address: item.text('address') };
    default:
      return { ...found, type, id: item.text('id') };
  }
}
