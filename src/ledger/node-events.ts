/** A node's events: sent to listeners once they are on disk, without delaying further work. */
import type { SealedHeader } from '../chain/block/block.js';
import type { Chain, StoredEntry } from './chain-store.js';
import type { FaultRecord } from './store.js';

/** An entry was stored: accepted on a producer, verified with its block on a follower. */
export interface EntryEvent {
  readonly type: 'entry';
  readonly chain: Chain;
  readonly entry: StoredEntry;
  /** the wallets that it concerns; none if its kind has no books */
  readonly addresses: readonly string[];
}

/** A block was sealed, or verified and stored. */
export interface BlockEvent {
  readonly type: 'block';
  readonly chain: Chain;
  readonly header: SealedHeader;
}

/** An upstream was at fault, or the producer of a chain. */
export interface FaultEvent {
  readonly type: 'fault';
  /** Whether the evidence convicts the chain's producer of two stories: the upstream is only where it was met. */
  readonly isConviction: boolean;
  readonly fault: Omit<FaultRecord, 'lastSeenAt' | 'times'>;
}

/** The quorum of this node's policy cosigned a checkpoint: the entries below its size are witnessed. */
export interface WitnessedEvent {
  readonly type: 'witnessed';
  readonly chain: Chain;
  readonly size: number;
}

export type NodeEvent = EntryEvent | BlockEvent | FaultEvent | WitnessedEvent;

type Listener = (event: NodeEvent) => void;

export class NodeEvents {
  private readonly listeners = new Set<Listener>();
  private readonly ofBlocks = new Set<(event: BlockEvent) => void>();

  /** Whether there are listeners to all events: without any, no event of an entry needs to be created. */
  get hasListeners(): boolean {
    return this.listeners.size > 0;
  }

  /** @param listener must not throw. @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back after every block. @param listener must not throw. @returns a function that ends the subscription */
  onBlock(listener: (event: BlockEvent) => void): () => void {
    this.ofBlocks.add(listener);
    return () => this.ofBlocks.delete(listener);
  }

  emit(event: NodeEvent): void {
    for (const listener of this.listeners) listener(event);
    if (event.type === 'block') for (const listener of this.ofBlocks) listener(event);
  }
}
