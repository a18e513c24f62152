/** The differences between the kinds of chains: code that handles both asks here, and compares no kind with a literal. */
import type { ChainKind, Contract, InformationContract, TokenContract } from './contract.js';

export interface Kind {
  /** the name under which a block's entries stand on the wire */
  readonly entriesField: 'transactions' | 'information';
  /** what one of its entries is called */
  readonly entryName: string;
  /** Whether its entries move tokens between wallets: then there are books, and a nonce is its sender's own. */
  readonly hasBooks: boolean;
  /** Whether what an entry says may be erased: then its wire form is never cached. */
  readonly mayBeErased: boolean;
  /** entries that are read and sent in one piece: some hundred kilobytes as a rule, a few megabytes at most */
  readonly entriesPerPiece: number;
  /** entries that are read and verified in one turn of the event loop: some ten milliseconds of work */
  readonly entriesPerTurn: number;
}

export const KINDS: Readonly<Record<ChainKind, Kind>> = {
  token: {
    entriesField: 'transactions',
    entryName: 'transaction',
    hasBooks: true,
    mayBeErased: false,
    entriesPerPiece: 500,
    entriesPerTurn: 1000,
  },
  information: {
    entriesField: 'information',
    entryName: 'information record',
    hasBooks: false,
    mayBeErased: true,
    entriesPerPiece: 64,
    entriesPerTurn: 64,
  },
};

/** The rules of the kind of a chain. */
export function kindOf(contract: Contract): Kind {
  return KINDS[contract.kind];
}

export function isTokenContract(contract: Contract): contract is TokenContract {
  return contract.kind === 'token';
}

export function isInformationContract(contract: Contract): contract is InformationContract {
  return contract.kind === 'information';
}
