/** The port to what a node keeps of one chain on disk. */
import type { SealedHeader } from '../chain/block/block.js';
import type { BookChanges, BookSource } from '../chain/books/book.js';
import type { Hash, Signature } from '../chain/bytes/bytes.js';
import type { Contract, InformationContract, TokenContract } from '../chain/contract/contract.js';
import type { Entry, InformationContent } from '../chain/entry/entry.js';
import { isInformationContract, isTokenContract } from '../chain/contract/kinds.js';
import type { Subtrees } from '../chain/tree/subtrees.js';
import type { Frontier } from '../chain/tree/tree.js';
import type { ParentState } from '../chain/block/verify-block.js';

/** How this node came to a chain. */
export type ChainOrigin = 'configured' | 'created' | 'followed' | 'private';

/** A chain that this node has: its contract, which never changes. */
export interface Chain<C extends Contract = Contract> {
  /** SHA-256 of the contract: what the chain is called everywhere */
  readonly id: Hash;
  /** what it is called on this node: as in the contract, unless that name was taken */
  readonly name: string;
  readonly origin: ChainOrigin;
  readonly contract: C;
}

/** An entry as it is kept, in its place. */
export interface StoredEntry {
  /** its place in the chain, from 0 */
  readonly sequence: number;
  readonly id: Hash;
  readonly leafText: string;
  /** The block that holds it or, while it waits, the one that was promised. */
  readonly block: number;
  readonly content: InformationContent | undefined;
}

/** An entry on its way into the store. */
export interface NewEntry {
  readonly sequence: number;
  readonly block: number;
  readonly entry: Entry;
  /** The other wallet that a transaction concerns: it is found under both. See {@link counterpartyOf}. */
  readonly counterparty: string | undefined;
}

/** The end of a chain's list of entries, sealed or waiting. */
export interface Tail {
  readonly nextSequence: number;
  /** the last entry's time in milliseconds; undefined when there is none */
  readonly lastTimestamp: number | undefined;
}

/** Entries that wait for one block. */
export interface WaitingBlock {
  readonly index: number;
  /** the sequence of the first of them */
  readonly first: number;
  readonly entries: number;
  /** their size on the wire, in bytes (see {@link wireBytes}) */
  readonly bytes: number;
  /** when the first of them was accepted, in milliseconds */
  readonly since: number;
}

export interface NewBlock {
  readonly header: SealedHeader;
  readonly frontier: Frontier;
  /** Those that the block brings with it: all on a follower; none on the producer, which stored them at intake. */
  readonly entries: readonly NewEntry[];
  /** the producer's signature over the checkpoint of its tree; undefined where this node doesn't have it */
  readonly checkpoint?: Signature | undefined;
}

/** A block, and the producer's signature over the checkpoint of its tree (protocol, section 8). */
export interface SignedHead {
  readonly header: SealedHeader;
  readonly checkpoint: Signature;
}

/**
 * One chain in the node's store. Synchronous: each method reads or commits within one turn of the event loop, so a caller
 * that loads, computes and commits without awaiting sees no other writer in between.
 *
 * Promises of every method that writes: atomic; durable when it returns (WAL, synchronous=FULL).
 * - `Unavailable` means that nothing was written.
 * - `FatalError` means that the outcome is unknown, or that somebody else wrote: stop the process.
 * - `ConflictError`, which is one, means that nothing was written, since a sequence or a nonce is taken.
 */
export interface ChainStore<C extends Contract = Contract> {
  readonly chain: Chain<C>;

  /** The last sealed block, with what its children are verified against: shared, not to be changed. */
  head(): ParentState;
  tail(): Tail;
  /** The waiting entries, by promised block, in order. */
  waiting(): readonly WaitingBlock[];

  /** Appends entries behind the tail, in order. The books don't change before a block seals them. */
  accept(entries: readonly NewEntry[]): void;
  /**
   * Moves the head from `expectedHead` over `blocks`, in order, or throws FatalError: somebody else moved it.
   * @param changes what they change in the books together; undefined where there are none
   */
  append(expectedHead: Hash, blocks: readonly NewBlock[], changes: BookChanges | undefined): void;

  /** The entry with this nonce, of this sender (`''` where the producer owns all nonces). */
  entryByNonce(sender: string, nonce: string): StoredEntry | undefined;
  entryById(id: Hash): StoredEntry | undefined;
  /** Entries with `from <= sequence < to`, in order, at most `limit`. */
  entries(from: number, to: number, limit: number): readonly StoredEntry[];
  /** Entries with `sequence < before`, newest first, at most `limit`. */
  entriesBefore(before: number, limit: number): readonly StoredEntry[];
  /**
   * The wire forms of the entries with `from <= sequence < to`, in order, with commas in between: JSON text as UTF-8. All
   * of them are there, or it throws.
   */
  entriesOnWire(from: number, to: number): Uint8Array;

  header(index: number): SealedHeader | undefined;
  /** The header of this chain's block with this hash. */
  headerByHash(hash: Hash): SealedHeader | undefined;
  /** Headers with `from <= index`, in order, at most `limit`. */
  headers(from: number, limit: number): readonly SealedHeader[];
  /** The tree at a block. */
  frontier(index: number): Frontier | undefined;

  /** The tree over all entries, waiting ones included: what a proof of a smaller tree is made of. */
  readonly tree: Subtrees;
  /** Leaf hashes from a sequence on, one after the other: 32 bytes each. All of them are there, or it throws. */
  leafHashes(from: number, count: number): Uint8Array;
  /**
   * The last block whose checkpoint this node has, or the last of those with a tree of `size` entries. Undefined where it
   * has none.
   */
  signedHead(size?: number): SignedHead | undefined;
  /** Keeps the producer's signature over the checkpoint of a block's tree. */
  keepCheckpoint(index: number, checkpoint: Signature): void;
}

export interface TokenChainStore extends ChainStore<TokenContract> {
  /** Its wallets, holds and supply at its head. */
  readonly books: BookSource;
  /** Transactions that concern `address`, with `sequence < before`, newest first, at most `limit`. */
  transactionsOf(address: string, before: number, limit: number): readonly StoredEntry[];
}

export type InformationChainStore = ChainStore<InformationContract>;

export type AnyChainStore = TokenChainStore | InformationChainStore;

export function isTokenStore(store: AnyChainStore): store is TokenChainStore {
  return isTokenContract(store.chain.contract);
}

export function isInformationStore(store: AnyChainStore): store is InformationChainStore {
  return isInformationContract(store.chain.contract);
}

/** The books of a chain at its head, where its kind has some. */
export function booksOf(store: AnyChainStore): BookSource | undefined {
  return isTokenStore(store) ? store.books : undefined;
}

/** Bytes of an entry on the wire, near enough to bound a block: leaf, id, and what goes beside the leaf. */
export function wireBytes(leafBytes: number, contentBytes: number): number {
  return leafBytes + contentBytes + ENTRY_WIRE_OVERHEAD;
}

/** `,"id":"<64>"` and `,"information":,"salt":"<32>"` and a comma. */
export const ENTRY_WIRE_OVERHEAD = 136;
