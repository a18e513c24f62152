/**
 * The differences between the kinds of chains: code that handles both looks them up here and compares no kind with a
 * literal.
 */
export type ChainKind = 'token' | 'information';

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

export const CHAIN_KINDS = Object.keys(KINDS) as readonly ChainKind[];

interface OfKind {
  readonly kind: ChainKind;
}
type Token<T> = Extract<T, { readonly kind: 'token' }>;
type Information<T> = Extract<T, { readonly kind: 'information' }>;

/** The rules for the chain's kind. */
export function kindOf({ kind }: OfKind): Kind {
  return KINDS[kind];
}

/** Whether this version knows the kind. */
export function isChainKind(value: unknown): value is ChainKind {
  return typeof value === 'string' && Object.hasOwn(KINDS, value);
}

// One guard for contracts and one for entries: each reads `kind` from few shapes of objects, which is fast.

/** @param contract or the settings for one */
export function isTokenContract<C extends OfKind>(contract: C): contract is Token<C> {
  return contract.kind === 'token';
}

/** @param contract or the settings for one */
export function isInformationContract<C extends OfKind>(contract: C): contract is Information<C> {
  return contract.kind === 'information';
}

/** Whether an entry is of a token chain; otherwise it is a record or an erasure. */
export function isTransaction<E extends OfKind>(entry: E): entry is Token<E> {
  return entry.kind === 'token';
}
