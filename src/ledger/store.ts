/** The ports to what a node keeps on disk. Abstract classes, so that Nest can inject what implements them. */
import type { SealedHeader } from '../chain/block/block.js';
import type { Hash, Signature } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import type { VerifiedBlock } from '../chain/block/verify-block.js';
import type { AnyChainStore, Chain, NewEntry } from './chain-store.js';

export type * from './chain-store.js';
export { ENTRY_WIRE_OVERHEAD, wireBytes } from './chain-store.js';

/** The beginning of a chain. */
export interface Birth {
  readonly chain: Chain;
  readonly genesis: VerifiedBlock;
  /** the producer's signature over the checkpoint of the empty tree; undefined where this node doesn't have it */
  readonly checkpoint?: Signature | undefined;
}

/** The entries that a chain accepts. */
export interface Acceptance {
  /** the chain's id */
  readonly chain: Hash;
  /** behind its tail, in order */
  readonly entries: readonly NewEntry[];
}

/** The chains of this node in one database: what its methods that write promise is what {@link ChainStore} promises. */
export abstract class LedgerStore {
  /** In the order in which this node got them; none before the first start of a producer, or a follower's first contact. */
  abstract stores(): readonly AnyChainStore[];
  abstract store(id: Hash): AnyChainStore | undefined;
  /** All of them begin in one commit, each with its genesis block. */
  abstract createChains(births: readonly Birth[]): void;
  /** {@link ChainStore.accept} of several chains in one commit. */
  abstract acceptTogether(parts: readonly Acceptance[]): void;

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

  chains(): readonly Chain[] {
    return this.stores().map(({ chain }) => chain);
  }

  /** Looks on every chain. */
  headerByHash(hash: Hash): SealedHeader | undefined {
    for (const store of this.stores()) {
      const header = store.headerByHash(hash);
      if (header !== undefined) return header;
    }
    return undefined;
  }
}

/** A node that was registered with this one. */
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
  /** what convicts: see src/follower/upstream/refusal.ts */
  readonly evidence: string;
  /** SHA-256 of all of what came, in hex */
  readonly digest: string;
}

/** Of what is kept as it came: more than a block of a thousand transactions has. */
export const EVIDENCE_CHARACTERS_MAX = 1_048_576;

export interface FaultPage {
  readonly records: readonly FaultRecord[];
  /** where the next page begins; undefined on the last */
  readonly next: number | undefined;
}

export abstract class FaultLog {
  /**
   * The same fault met again, by the same upstream at the same place, only counts up, whatever else was sent with it: the
   * first evidence stays. Durable when it resolves. Of more than can be kept, the oldest go, proofs of two stories last.
   */
  abstract add(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void>;
  /** Newest first, as many as an answer may hold. @param before the `next` of the page before */
  abstract page(before?: number): Promise<FaultPage>;
  /** The first page's. */
  async all(): Promise<readonly FaultRecord[]> {
    return (await this.page()).records;
  }
}

/** The parts of an opened store. */
export interface NodeStorage {
  readonly store: LedgerStore;
  readonly nodes: NodeRegistry;
  readonly faults: FaultLog;
}
