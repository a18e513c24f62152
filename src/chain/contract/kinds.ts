/**
 * The differences between the kinds of chains: code that handles both looks them up here and compares no kind with a
 * literal.
 */
import type { ChainKind, Contract, InformationContract, TokenContract } from './contract.js';

export interface Kind {
  /** the field with a block's entries on the wire */
  readonly entriesField: 'transactions' | 'information';
  /** the word for one of its entries */
  readonly entryName: string;
  /** Whether its entries move tokens between wallets: if so, it has books, and a nonce belongs to its sender. */
  readonly hasBooks: boolean;
  /** Whether the content of an entry may be erased: if so, its wire form is never cached. */
  readonly mayBeErased: boolean;
  /** entries that are read and sent in one piece: usually some hundred kilobytes, a few megabytes at most */
  readonly entriesPerPiece: number;
  /** entries that are read and verified in one turn of the event loop: about ten milliseconds of work */
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

/** The rules for the chain's kind. */
export function kindOf(contract: Contract): Kind {
  return KINDS[contract.kind];
}

export function isTokenContract(contract: Contract): contract is TokenContract {
  return contract.kind === 'token';
}

export function isInformationContract(contract: Contract): contract is InformationContract {
  return contract.kind === 'information';
}
