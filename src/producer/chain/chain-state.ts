/** The producer's state of one chain between commits: a copy of the stored state, changed only after a commit. */
import { Book } from '../../chain/books/book.js';
import { blockEntriesMax } from '../../chain/contract/contract.js';
import { parseLeaf } from '../../chain/entry/transaction.js';
import type { ParentState } from '../../chain/block/verify-block.js';
import type { Clock } from '../../ledger/clock.js';
import { assert, OperatorError } from '../../ledger/errors.js';
import {
  isTokenStore,
  type AnyChainStore,
  type Chain,
  type Tail,
  type TokenChainStore,
} from '../../ledger/chain-store.js';
import { BlockPlan, brokenPromise } from '../plan/block-plan.js';

/**
 * A block is closed at this size of its entries on the wire, whatever their number: followers hold a whole block
 * in memory to verify it.
 */
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;

const ENTRIES_PER_READ = 1000;

export class ChainState {
  head: ParentState;
  tail: Tail;
  readonly plan: BlockPlan;
  /** The books with the waiting entries, as a layer over the stored books at the head; undefined if the chain has none. */
  readonly book: Book | undefined;

  /**
   * The cost doesn't depend on the chain's length; the waiting entries are read.
   * @throws OperatorError if the stored state is invalid
   */
  constructor(
    readonly store: AnyChainStore,
    clock: Clock,
  ) {
    this.head = store.head();
    this.tail = store.tail();
    const limits = { entriesMax: blockEntriesMax(store.chain.contract), bytesMax: BLOCK_BYTES_MAX };
    const { index: headIndex, treeSize: from } = this.head.header;
    const stored = { headIndex, from, to: this.tail.nextSequence, blocks: store.waiting() };
    const broken = brokenPromise(limits, stored);
    if (broken !== undefined) throw this.changedFromOutside(broken);
    this.book = isTokenStore(store) ? this.readBook(store) : undefined;
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    this.plan = BlockPlan.restore(limits, headIndex, stored.blocks, (acceptedAt) => {
      // The clock was set back since then, so the waiting time is unknown: assume that it is long enough.
      return acceptedAt > now ? -Infinity : elapsed - (now - acceptedAt);
    });
  }

  private changedFromOutside(what: string): OperatorError {
    return new OperatorError(
      `the database was changed by something other than bpsc: of the entries of ${this.name} that are not sealed yet, ` +
        `${what}. Run bpsc verify on the database for details; restore a backup`,
    );
  }

  /** Each waiting entry was checked when it was accepted. */
  private readBook(store: TokenChainStore): Book {
    const { contract } = store.chain;
    const book = new Book(store.books, contract);
    for (let next = this.head.header.treeSize; next < this.tail.nextSequence;) {
      const entries = store.entries(next, this.tail.nextSequence, ENTRIES_PER_READ);
      assert(entries.length > 0, `entry ${next} waits but is not stored`);
      for (const { id, leafText, sequence } of entries) {
        const transaction = parseLeaf(leafText, contract);
        assert(transaction !== undefined, `entry ${sequence} waits but is no transaction`);
        book.apply(transaction, id, sequence);
      }
      next += entries.length;
    }
    return book;
  }

  get chain(): Chain {
    return this.store.chain;
  }

  get name(): string {
    return this.store.chain.name;
  }

  /** Entries accepted and not yet sealed. */
  get waiting(): number {
    return this.tail.nextSequence - this.head.header.treeSize;
  }
}
