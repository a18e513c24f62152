/** The ports to a node's data on disk. They are abstract classes, so that Nest can inject their implementations. */
import type { SealedHeader } from '../chain/block/block.js';
import type { Hash, Signature } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import type { VerifiedBlock } from '../chain/block/verify-block.js';
import type { TreeHead } from '../chain/tree/proofs.js';
import type { AnyChainStore, Chain, NewEntry } from './chain-store.js';

export type * from './chain-store.js';
export { ENTRY_WIRE_OVERHEAD, wireBytes } from './chain-store.js';

/** The beginning of a chain. */
export interface Birth {
  readonly chain: Chain;
  readonly genesis: VerifiedBlock;
  /** the producer's signature over the checkpoint of the empty tree; undefined if this node doesn't have it */
  readonly checkpoint?: Signature | undefined;
}

/** The entries that a chain accepts. */
export interface Acceptance {
  /** the chain's id */
  readonly chain: Hash;
  /** to be appended after its tail, in order */
  readonly entries: readonly NewEntry[];
}

/** This node's chains, in one database. Methods that write give the same guarantees as those of {@link ChainStore}. */
export abstract class LedgerStore {
  /** In the order in which this node got them; none before a producer's first start or a follower's first contact. */
  abstract stores(): readonly AnyChainStore[];
  abstract store(id: Hash): AnyChainStore | undefined;
  /** Creates the chains in one commit, each with its genesis block. */
  abstract createChains(births: readonly Birth[]): void;
  /** {@link ChainStore.accept} for several chains in one commit. */
  abstract acceptTogether(parts: readonly Acceptance[]): void;

  /**
   * A number that changes if, and only if, another connection changes the database: until then, cached reads are
   * valid. A change is noticed in the next turn of the event loop.
   */
  abstract foreignChanges(): number;

  /**
   * Moves committed data to its final place now, so that a later commit doesn't have to. It is on disk before and after.
   * @throws Unavailable
   */
  abstract checkpoint(): void;

  /**
   * Makes everything that was read so far durable: one commit, which flushes what an earlier process wrote but may not
   * have flushed. Called once at a start, before anything is served: a block that is announced must not be lost.
   * @throws Unavailable, FatalError as {@link ChainStore}'s methods that write
   */
  abstract settle(): void;

  /**
   * Removes erased content from the log of writes too, where it may still be after the commit that erased it.
   * @returns whether none is left; false while another program reads the database: try again later
   * @throws Unavailable
   */
  abstract scrub(): boolean;

  /** Throws FatalError when the files that were opened are no longer the ones at their path. */
  abstract assertInPlace(): void;

  chains(): readonly Chain[] {
    return this.stores().map(({ chain }) => chain);
  }

  /** Searches all chains. */
  headerByHash(hash: Hash): SealedHeader | undefined {
    for (const store of this.stores()) {
      const header = store.headerByHash(hash);
      if (header !== undefined) return header;
    }
    return undefined;
  }
}

/** A step of a witness: from what it cosigned last of a log to what it cosigns now. */
export interface CosignedStep {
  /** the log's: the first line of its checkpoints */
  readonly origin: string;
  /** undefined if it has cosigned nothing of the log */
  readonly from: TreeHead | undefined;
  readonly to: TreeHead;
}

/** What this node, as a witness, cosigned last of each log. */
export abstract class CosignedHeads {
  /** undefined if it has cosigned nothing of the log */
  abstract last(origin: string): TreeHead | undefined;
  /**
   * Moves the last heads in one commit, each by compare-and-swap; durable when it returns.
   * @throws Unavailable: nothing was written
   * @throws FatalError: the outcome is unknown, or a head is not its `from` any more, and nothing was written
   */
  abstract advance(steps: readonly CosignedStep[]): void;
}

/** A node that was registered with this one. */
export interface KnownNode {
  readonly url: string;
  readonly registeredAt: number;
}

export abstract class NodeRegistry {
  /** Adds the new ones; durable when it resolves. @returns all nodes, oldest first */
  abstract register(urls: readonly string[], now: number): Promise<readonly KnownNode[]>;
  /** Removes these nodes; durable when it resolves. Unknown ones are ignored. */
  abstract remove(urls: readonly string[]): Promise<void>;
  /** Oldest first. */
  abstract all(): Promise<readonly KnownNode[]>;
}

/** Evidence of a fault: what an upstream sent, and what is wrong with it. */
export interface FaultRecord extends Fault {
  readonly upstream: string;
  /** the chain's name, or "" if the fault concerns no particular chain */
  readonly chain: string;
  /** milliseconds */
  readonly detectedAt: number;
  readonly lastSeenAt: number;
  readonly times: number;
  /** the data that proves the fault: see src/follower/upstream/refusal.ts */
  readonly evidence: string;
  /** SHA-256 of all the data received, in hex */
  readonly digest: string;
}

/** Maximum characters of evidence that is kept as received: more than a block of a thousand transactions has. */
export const EVIDENCE_CHARACTERS_MAX = 1_048_576;

/** The maximum number of forks read at once. */
export const FORKS_READ_MAX = 100;

export interface FaultPage {
  readonly records: readonly FaultRecord[];
  /** where the next page begins; undefined on the last */
  readonly next: number | undefined;
}

export abstract class FaultLog {
  /**
   * Adds a fault. If the same upstream repeats a fault at the same place, only its count and time are updated, whatever
   * else was sent with it: the first evidence is kept. Durable when it resolves. When there are more than can be kept, the
   * oldest are deleted; evidence of a fork is deleted last.
   */
  abstract add(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void>;
  /** Newest first, as many as one answer may contain. @param before the `next` of the previous page */
  abstract page(before?: number): Promise<FaultPage>;
  /** The faults FORKED, oldest first, at most {@link FORKS_READ_MAX}: some may be evidence that convicts a producer. */
  abstract forks(): Promise<readonly FaultRecord[]>;
  /** The faults of the first page. */
  async all(): Promise<readonly FaultRecord[]> {
    return (await this.page()).records;
  }
}

/** The parts of an opened store. */
export interface NodeStorage {
  readonly store: LedgerStore;
  readonly nodes: NodeRegistry;
  readonly faults: FaultLog;
  readonly cosigned: CosignedHeads;
}
