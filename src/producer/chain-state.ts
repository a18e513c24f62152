/** What the producer remembers of one chain between commits: a copy of the disk's, changed only after a commit. */
import { blockEntriesMax, type ChainKind } from '../chain/contract.js';
import type { ParentState } from '../chain/verify-block.js';
import type { Chain, LedgerStore, Tail } from '../ledger/store.js';
import { BlockPlan } from './block-plan.js';

/** Time as the producer sees it. */
export interface Clock {
  /** milliseconds since 1970-01-01 UTC; may be set back by the operator */
  now(): number;
  /** milliseconds from any start; never runs backwards */
  elapsed(): number;
}

/**
 * A block is closed at this size of its entries on the wire, whatever their number: followers hold a whole block
 * in memory to verify it.
 */
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;

export class ChainState {
  head: ParentState;
  tail: Tail;
  readonly plan: BlockPlan;

  /** Costs the same however long the chain is. */
  constructor(
    readonly chain: Chain,
    store: LedgerStore,
    clock: Clock,
  ) {
    this.head = store.head(this.kind);
    this.tail = store.tail(this.kind);
    const limits = { entriesMax: blockEntriesMax(chain.contract), bytesMax: BLOCK_BYTES_MAX };
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    this.plan = BlockPlan.restore(limits, this.head.header.index, store.waiting(this.kind), (acceptedAt) => {
      // With the clock set back since, nobody knows how long it has waited: long enough.
      return acceptedAt > now ? -Infinity : elapsed - (now - acceptedAt);
    });
  }

  get kind(): ChainKind {
    return this.chain.contract.kind;
  }

  get name(): string {
    return this.chain.contract.name;
  }

  /** Entries accepted and not yet sealed. */
  get waiting(): number {
    return this.tail.nextSequence - this.head.header.treeSize;
  }
}
