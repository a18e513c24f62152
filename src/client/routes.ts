/** The routes of a chain's calls: the chain's own or, for a node's default pair, those of the papers. */
import type { Hash } from '../chain/bytes/bytes.js';

export interface Routes {
  /** the prefix of the routes that both forms have */
  readonly base: string;
  readonly newTransaction: string;
  readonly newInformation: string;
}

/** Older nodes have only these. */
export const DEFAULT_ROUTES: Routes = {
  base: '',
  newTransaction: '/transactions/new',
  newInformation: '/information/new',
};

/** By the id: a name is each node's own. */
export function routesOf(id: Hash): Routes {
  const base = `/chains/${id}`;
  return { base, newTransaction: `${base}/transactions`, newInformation: `${base}/information` };
}

const OF_A_CHAIN = /^\/chains\/([0-9a-f]{64})(\/.*)$/;

export interface TransactionPath {
  /** the chain that the path itself names */
  readonly chain: string | undefined;
  /** what the request creates, and the hold's id if it answers a hold */
  readonly type: string;
  readonly transfer: string | undefined;
}

/** The action that a POST to this path requests; undefined if the request is not about a transaction. */
export function transactionPath(path: string): TransactionPath | undefined {
  const [, chain, inner] = OF_A_CHAIN.exec(path) ?? [];
  const rest = inner ?? path;
  if (rest === (chain === undefined ? '/transactions/new' : '/transactions')) {
    return { chain, type: 'transfer', transfer: undefined };
  }
  if (rest === '/transactions/issue') return { chain, type: 'issue', transfer: undefined };
  const [, transfer, type] = /^\/transactions\/([0-9a-f]{64})\/(accept|decline)$/.exec(rest) ?? [];
  return type === undefined ? undefined : { chain, type, transfer };
}
