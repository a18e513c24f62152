/** What the producer remembers of one chain between commits: a copy of the disk's, changed only after a commit. */
import { Book } from '../chain/book.js';
import type { Hash } from '../chain/bytes.js';
import { blockEntriesMax, type ChainKind, type TokenContract } from '../chain/contract.js';
import { parseLeaf } from '../chain/transaction.js';
import type { ParentState } from '../chain/verify-block.js';
import type { Clock } from '../ledger/clock.js';
import { assert, OperatorError } from '../ledger/errors.js';
import type { Chain, LedgerStore, Tail } from '../ledger/store.js';
import { BlockPlan, brokenPromise } from './block-plan.js';

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
  /** The books with what waits, over the store's, which are those at the head; undefined on the information chain. */
  readonly book: Book | undefined;

  /**
   * Costs the same however long the chain is; what waits is read.
   * @throws OperatorError when what is stored of it can't be right
   */
  constructor(
    readonly chain: Chain,
    store: LedgerStore,
    clock: Clock,
  ) {
    this.head = store.head(this.kind);
    this.tail = store.tail(this.kind);
    const limits = { entriesMax: blockEntriesMax(chain.contract), bytesMax: BLOCK_BYTES_MAX };
    const { index: headIndex, treeSize: from } = this.head.header;
    const stored = { headIndex, from, to: this.tail.nextSequence, blocks: store.waiting(this.kind) };
    const broken = brokenPromise(limits, stored);
    if (broken !== undefined) throw this.changedFromOutside(broken);
    this.book = chain.contract.kind === 'token' ? this.readBook(chain.contract, store) : undefined;
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    this.plan = BlockPlan.restore(limits, headIndex, stored.blocks, (acceptedAt) => {
      // With the clock set back since, nobody knows how long it has waited: long enough.
      return acceptedAt > now ? -Infinity : elapsed - (now - acceptedAt);
    });
  }

  private changedFromOutside(what: string): OperatorError {
    return new OperatorError(
      `the database was changed by something other than bpsc: of the entries of ${this.name} that are not sealed yet, ` +
        `${what}. bpsc verify on the database says more; restore a backup`,
    );
  }

  /** Each waiting entry was checked when it was accepted. */
  private readBook(contract: TokenContract, store: LedgerStore): Book {
    const book = new Book(store.books, contract);
    for (let next = this.head.header.treeSize; next < this.tail.nextSequence;) {
      const entries = store.entries('token', next, this.tail.nextSequence, ENTRIES_PER_READ);
      assert(entries.length > 0, `entry ${next} waits but is not stored`);
      for (const { id, leafText, sequence } of entries) {
        const transaction = parseLeaf(leafText, contract);
        assert(transaction !== undefined, `entry ${sequence} waits but is no transaction`);
        book.apply(transaction, id as Hash, sequence);
      }
      next += entries.length;
    }
    return book;
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
