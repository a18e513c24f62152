/** The ports to what a node keeps on disk. Abstract classes, so that Nest can inject what implements them. */
import type { SealedHeader } from '../chain/block.js';
import type { BookChanges, BookSource } from '../chain/book.js';
import type { Hash } from '../chain/bytes.js';
import type { ChainKind, Contract } from '../chain/contract.js';
import type { Entry, InformationContent } from '../chain/entry.js';
import type { Fault } from '../chain/faults.js';
import type { Frontier } from '../chain/tree.js';
import type { ParentState, VerifiedBlock } from '../chain/verify-block.js';

/** A chain that this node has: its contract, which never changes. */
export interface Chain {
  readonly id: Hash;
  readonly contract: Contract;
}

/** An entry as it is kept, in its place. */
export interface StoredEntry {
  readonly sequence: number;
  /** 64 hex digits */
  readonly id: string;
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
}

/** The beginning of a chain. */
export interface Birth {
  readonly chain: Chain;
  readonly genesis: VerifiedBlock;
}

/**
 * The chains of this node on one SQLite database. Synchronous: each method reads or commits within one turn of
 * the event loop, so whoever loads, computes and commits without awaiting sees no other writer in between.
 *
 * Promises of every method that writes: atomic; durable when it returns (WAL, synchronous=FULL).
 * - `Unavailable` means that nothing was written.
 * - `FatalError` means that the outcome is unknown, or that somebody else wrote: stop the process.
 * - `ConflictError`, which is one, means that nothing was written, since a sequence or a nonce is taken.
 */
export abstract class LedgerStore {
  /** In the order token, information; empty before the first start of a producer, or a follower's first contact. */
  abstract chains(): readonly Chain[];
  /** Both chains begin in one commit, each with its genesis block. */
  abstract createChains(births: readonly Birth[]): void;

  /** The last sealed block, with what its children are verified against: shared, not to be changed. */
  abstract head(kind: ChainKind): ParentState;
  abstract tail(kind: ChainKind): Tail;
  /** What waits, by promised block, in order. */
  abstract waiting(kind: ChainKind): readonly WaitingBlock[];

  /** Appends entries behind the tail, in order. The books don't change before a block seals them. */
  abstract accept(kind: ChainKind, entries: readonly NewEntry[]): void;
  /**
   * Moves the head from `expectedHead` over `blocks`, in order, or throws FatalError: somebody else moved it.
   * @param changes what they change in the books together; undefined on the information chain
   */
  abstract append(
    kind: ChainKind,
    expectedHead: Hash,
    blocks: readonly NewBlock[],
    changes: BookChanges | undefined,
  ): void;

  /** The entry with this nonce (of this sender, on the token chain). */
  abstract entryByNonce(kind: ChainKind, sender: string, nonce: string): StoredEntry | undefined;
  /** @param id 64 hex digits */
  abstract entryById(kind: ChainKind, id: Hash): StoredEntry | undefined;
  /** Entries with `from <= sequence < to`, in order, at most `limit`. */
  abstract entries(kind: ChainKind, from: number, to: number, limit: number): readonly StoredEntry[];
  /**
   * The wire forms of the sealed entries with `from <= sequence < to`, in order, with commas in between: JSON text as
   * UTF-8. All of them are there, or it throws.
   */
  abstract entriesOnWire(kind: ChainKind, from: number, to: number): Uint8Array;
  /** Transactions sent or received by `address` with `sequence < before`, newest first. */
  abstract transactionsOf(address: string, before: number, limit: number): readonly StoredEntry[];
  /** All transactions with `sequence < before`, newest first. */
  abstract transactionsBefore(before: number, limit: number): readonly StoredEntry[];

  abstract header(kind: ChainKind, index: number): SealedHeader | undefined;
  /** The block of this hash, on whichever chain: its header names the chain. */
  abstract headerByHash(hash: Hash): SealedHeader | undefined;
  /** Headers with `from <= index`, in order, at most `limit`. */
  abstract headers(kind: ChainKind, from: number, limit: number): readonly SealedHeader[];
  /** The tree at a block. */
  abstract frontier(kind: ChainKind, index: number): Frontier | undefined;

  /** The token chain's wallets, holds and supply at its head. */
  abstract readonly books: BookSource;

  /**
   * A number that changes when another connection changes the database, and not before: until then, a cache of what
   * was read here is right. A change is noticed at the next turn of the event loop.
   */
  abstract foreignChanges(): number;

  /**
   * Moves what was committed to its final place now, so that a later commit need not: it is on disk before and after.
   * @throws Unavailable
   */
  abstract checkpoint(): void;

  /** Throws FatalError when the files that were opened are no longer the ones at their path. */
  abstract assertInPlace(): void;
}

/** Bytes of an entry on the wire, near enough to bound a block: leaf, id, and what goes beside the leaf. */
export function wireBytes(leafBytes: number, contentBytes: number): number {
  return leafBytes + contentBytes + ENTRY_WIRE_OVERHEAD;
}

/** `,"id":"<64>"` and `,"information":,"salt":"<32>"` and a comma. */
export const ENTRY_WIRE_OVERHEAD = 136;

/** A node that this one was told of. */
export interface KnownNode {
  readonly url: string;
  readonly registeredAt: number;
}

export abstract class NodeRegistry {
  /** Adds what is new; durable when it resolves. @returns all of them, oldest first */
  abstract register(urls: readonly string[], now: number): Promise<readonly KnownNode[]>;
  /** Forgets these; durable when it resolves. Those that it doesn't know are passed over. */
  abstract remove(urls: readonly string[]): Promise<void>;
  /** Oldest first. */
  abstract all(): Promise<readonly KnownNode[]>;
}

/** Evidence of a fault: what an upstream sent, and what is wrong with it. */
export interface FaultRecord extends Fault {
  readonly upstream: string;
  /** the chain's name, or "" where the fault is about no chain in particular */
  readonly chain: string;
  /** milliseconds */
  readonly detectedAt: number;
  readonly lastSeenAt: number;
  readonly times: number;
  /** what the upstream sent, as it came, cut at {@link EVIDENCE_CHARACTERS_MAX} */
  readonly evidence: string;
  /** SHA-256 of all of what came, in hex */
  readonly digest: string;
}

export const EVIDENCE_CHARACTERS_MAX = 262_144;

export abstract class FaultLog {
  /** The same fault met again only counts up. Durable when it resolves. */
  abstract add(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void>;
  /** Newest first, a hundred at most. */
  abstract all(): Promise<readonly FaultRecord[]>;
}

/** What a node keeps, opened. */
export interface NodeStorage {
  readonly store: LedgerStore;
  readonly nodes: NodeRegistry;
  readonly faults: FaultLog;
}
