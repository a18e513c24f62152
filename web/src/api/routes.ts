/** The addresses of the explorer's pages: whatever is put into one is encoded here. */
import { walletPath as nodeWalletPath } from '../../../src/chain/contract/new-name.js';

export const OVERVIEW = '/';
export const NETWORK = '/explorer/network';
export const RECEIPT = '/explorer/receipt';
export const TRY_IT = '/explorer/try';

export const chainPath = (name: string): string => `/explorer/chains/${encodeURIComponent(name)}`;
export const blockPath = (name: string, index: number): string => `${chainPath(name)}/blocks/${index}`;
/** @param chain undefined: the first of its kind */
const pagesOf = (chain: string | undefined): string => (chain === undefined ? '/explorer' : chainPath(chain));
export const transactionsPath = (chain?: string): string => `${pagesOf(chain)}/transactions`;
export const recordsPath = (chain?: string): string => `${pagesOf(chain)}/information`;
export const transactionPath = (id: string, chain?: string): string =>
  `${pagesOf(chain)}/transactions/${encodeURIComponent(id)}`;
export const informationPath = (id: string, chain?: string): string =>
  `${pagesOf(chain)}/information/${encodeURIComponent(id)}`;
export const walletPath = (address: string, chain?: string): string =>
  `${pagesOf(chain)}${nodeWalletPath(address)}`;
/** Where the node answers what is of one chain. @param chain undefined: the first of its kind */
export const apiOf = (chain: string | undefined): string =>
  chain === undefined ? '' : `/chains/${encodeURIComponent(chain)}`;
/** Where the node gives out an entry's receipt. */
export const receiptFile = (chain: string, id: string): string =>
  `/chains/${encodeURIComponent(chain)}/receipts/${encodeURIComponent(id)}`;
/** The lists of the first chain of a kind. */
export const TRANSACTIONS = transactionsPath();
export const RECORDS = recordsPath();
export const searchPath = (query: string): string => `/explorer/search?q=${encodeURIComponent(query)}`;
