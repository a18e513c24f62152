/** The addresses of the explorer's pages: whatever is put into one is encoded here. */
import { walletPath as nodeWalletPath } from '../../../src/chain/contract/new-name.js';

export const OVERVIEW = '/';
export const TRANSACTIONS = '/explorer/transactions';
export const NETWORK = '/explorer/network';
export const TRY_IT = '/explorer/try';

export const chainPath = (name: string): string => `/explorer/chains/${encodeURIComponent(name)}`;
export const blockPath = (name: string, index: number): string => `${chainPath(name)}/blocks/${index}`;
export const transactionPath = (id: string): string => `/explorer/transactions/${encodeURIComponent(id)}`;
export const informationPath = (id: string): string => `/explorer/information/${encodeURIComponent(id)}`;
export const walletPath = (address: string): string => `/explorer${nodeWalletPath(address)}`;
export const searchPath = (query: string): string => `/explorer/search?q=${encodeURIComponent(query)}`;
