/** The port to one chain's data on disk. */
import type { SealedHeader } from '../chain/block/block.js';
import type { BookChanges, BookSource } from '../chain/books/book.js';
import type { Hash, Signature } from '../chain/bytes/bytes.js';
import type { Contract, InformationContract, TokenContract } from '../chain/contract/contract.js';
import type { Entry, InformationContent } from '../chain/entry/entry.js';
import type { ErasureTarget } from '../chain/entry/erasure-rules.js';
import { isInformationContract, isTokenContract } from '../chain/contract/kinds.js';
import type { NoteSignature } from '../chain/note/signed-note.js';
import type { Subtrees } from '../chain/tree/subtrees.js';
import type { Frontier } from '../chain/tree/tree.js';
import type { ParentState } from '../chain/block/verify-block.js';
import type { HashPrefix } from './hash-prefix.js';

/** How this node came to a chain. */
export type ChainOrigin = 'configured' | 'created' | 'followed' | 'private';

/** A chain that this node has. Its contract never changes. */
export interface Chain<C extends Contract = Contract> {
  /** SHA-256 of the contract: identifies the chain everywhere */
  readonly id: Hash;
  /** its name on this node: the one in the contract, unless that was already taken */
  readonly name: string;
  readonly origin: ChainOrigin;
  readonly contract: C;
}

/** An entry as it is stored. */
export interface StoredEntry {
  /** its position in the chain, from 0 */
  readonly sequence: number;
  readonly id: Hash;
  readonly leafText: string;
  /** The block that contains it or, while it waits, the block that it was promised. */
  readonly block: number;
  readonly content: InformationContent | undefined;
}

/** An entry to be stored. */
export interface NewEntry {
  readonly sequence: number;
  readonly block: number;
  readonly entry: Entry;
  /** The other wallet that a transaction concerns: both histories list it. See {@link counterpartyOf}. */
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
  /** the sequence of the first entry */
  readonly first: number;
  readonly entries: number;
  /** their size on the wire, in bytes (see {@link wireBytes}) */
  readonly bytes: number;
  /** when the first entry was accepted, in milliseconds */
  readonly since: number;
}

export interface NewBlock extends ParentState {
  /** The entries to store with the block: all on a follower; none on the producer, which stored them at intake. */
  readonly entries: readonly NewEntry[];
  /** the producer's signature over the checkpoint of its tree; undefined if this node doesn't have it */
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
 * Every method that writes is atomic, and durable when it returns (WAL, synchronous=FULL). Its errors:
 * - `Unavailable` means that nothing was written.
 * - `FatalError` means that the outcome is unknown, or that another process wrote: stop the process.
 * - `ConflictError`, a `FatalError`, means that nothing was written because a sequence or a nonce is already taken.
 */
export interface ChainStore<C extends Contract = Contract> {
  readonly chain: Chain<C>;

  /** The last sealed block, with the state that its child is verified against. It is shared: do not modify it. */
  head(): ParentState;
  tail(): Tail;
  /** The waiting entries, grouped by promised block, in order. */
  waiting(): readonly WaitingBlock[];

  /** Appends entries after the tail, in order. The books don't change until a block seals them. */
  accept(entries: readonly NewEntry[]): void;
  /**
   * Appends `blocks`, in order, and moves the head from `expectedHead` to the last of them.
   * @param changes the combined changes of the blocks to the books; undefined if there are none
   * @throws FatalError if the head is not `expectedHead`: another process moved it
   */
  append(expectedHead: Hash, blocks: readonly NewBlock[], changes: BookChanges | undefined): void;

  /** The entry with this nonce, of this sender (`''` where the producer owns all nonces). */
  entryByNonce(sender: string, nonce: string): StoredEntry | undefined;
  entryById(id: Hash): StoredEntry | undefined;
  /** Entries whose ids begin with these digits, in the order of their ids, at most `limit`. */
  entriesByPrefix(prefix: HashPrefix, limit: number): readonly StoredEntry[];
  /** Entries with `from <= sequence < to`, in order, at most `limit`. */
  entries(from: number, to: number, limit: number): readonly StoredEntry[];
  /** Entries with `sequence < before`, newest first, at most `limit`. */
  entriesBefore(before: number, limit: number): readonly StoredEntry[];
  /**
   * The wire forms of the entries with `from <= sequence < to`, in order, separated by commas: JSON text as UTF-8. Throws
   * if any of them is missing.
   */
  entriesOnWire(from: number, to: number): Uint8Array;

  header(index: number): SealedHeader | undefined;
  /** The header of this chain's block with this hash. */
  headerByHash(hash: Hash): SealedHeader | undefined;
  /** Headers of this chain's blocks whose hashes begin with these digits, in the order of their hashes, at most `limit`. */
  headersByPrefix(prefix: HashPrefix, limit: number): readonly SealedHeader[];
  /** Headers with `from <= index`, in order, at most `limit`. */
  headers(from: number, limit: number): readonly SealedHeader[];
  /** The frontier of the tree at a block. */
  frontier(index: number): Frontier | undefined;

  /** The tree over all entries, including waiting ones. Proofs of smaller trees are made from it. */
  readonly tree: Subtrees;
  /** Leaf hashes from a sequence on, concatenated: 32 bytes each. Throws if any of them is missing. */
  leafHashes(from: number, count: number): Uint8Array;
  /**
   * The last block whose checkpoint this node has; with `size`, the last such block whose tree has that many entries.
   * Undefined if there is none.
   */
  signedHead(size?: number): SignedHead | undefined;
  /** Stores the producer's signature over the checkpoint of a block's tree. */
  keepCheckpoint(index: number, checkpoint: Signature): void;
  /** The last block whose tree has this many entries; undefined if no block ends there. */
  headerOfSize(size: number): SealedHeader | undefined;

  /** The cosignatures of the checkpoint of this size, in the order in which they came: the same array until they change. */
  cosignatures(size: number): readonly NoteSignature[];
  /** The sizes of which there are cosignatures, the smallest first. */
  cosignedSizes(): readonly number[];
  /**
   * Stores cosignatures of the checkpoint of `size`, and deletes those of other sizes in the same commit. A second one
   * by the same key replaces the first.
   */
  keepCosignatures(size: number, cosignatures: readonly NoteSignature[], forget: readonly number[]): void;
}

export interface TokenChainStore extends ChainStore<TokenContract> {
  /** The wallets, holds and supply at the head. */
  readonly books: BookSource;
  /** Transactions that concern `address`, with `sequence < before`, newest first, at most `limit`. */
  transactionsOf(address: string, before: number, limit: number): readonly StoredEntry[];
  /** Addresses that begin with `prefix`, of wallets in the books or in a waiting transaction, in order, at most `limit`. */
  addressesByPrefix(prefix: string, limit: number): readonly string[];
}

/**
 * Erasures (protocol, section 13): {@link ChainStore.append} drops the content of the records that the blocks' erasures
 * erase, in its own commit. See {@link LedgerStore.scrub}.
 */
export interface InformationChainStore extends ChainStore<InformationContract> {
  /** What an id names among the entries with `sequence < before`. */
  erasureTarget(id: Hash, before: number): ErasureTarget;
  /** The erasure of the record with this sequence, waiting or sealed. */
  erasureOf(record: number): StoredEntry | undefined;
  /** The sequences of the records that erasures with `from <= sequence < to` erase, in the order of the erasures. */
  erasedBetween(from: number, to: number): readonly number[];
  /** The sequences of sealed records that lack their content although no erasure erases them, in order, at most `limit`. */
  withheld(limit: number): readonly number[];
  /** Stores the content of such a record. @param content that matches the record's leaf: the caller has checked that */
  fillIn(record: number, content: InformationContent): void;
}

export type AnyChainStore = TokenChainStore | InformationChainStore;

export function isTokenStore(store: AnyChainStore): store is TokenChainStore {
  return isTokenContract(store.chain.contract);
}

export function isInformationStore(store: AnyChainStore): store is InformationChainStore {
  return isInformationContract(store.chain.contract);
}

/** What ids name on a chain before an entry; undefined if its kind has no erasures. See {@link VerifyInput.erasureTarget}. */
export function erasureTargetsOf(
  store: AnyChainStore,
  before: number,
): ((id: Hash) => ErasureTarget) | undefined {
  return isInformationStore(store) ? (id) => store.erasureTarget(id, before) : undefined;
}

/** The books of a chain at its head; undefined if its kind has none. */
export function booksOf(store: AnyChainStore): BookSource | undefined {
  return isTokenStore(store) ? store.books : undefined;
}

/** Approximate bytes of an entry on the wire, to limit a block's size: leaf, id, and the content beside the leaf. */
export function wireBytes(leafBytes: number, contentBytes: number): number {
  return leafBytes + contentBytes + ENTRY_WIRE_OVERHEAD;
}

/** Bytes of `,"id":"<64>"` and `,"information":,"salt":"<32>"` and a comma. */
export const ENTRY_WIRE_OVERHEAD = 136;
