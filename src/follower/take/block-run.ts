/** A run of blocks that are verified on top of each other and stored in one commit. */
import { Book, type BookSource } from '../../chain/books/book.js';
import type { SealedHeader } from '../../chain/block/block.js';
import type { Signature } from '../../chain/bytes/bytes.js';
import { isFault, type Fault } from '../../chain/faults.js';
import type { ParentState, VerifiedBlock, VerifyInput } from '../../chain/block/verify-block.js';
import type { Clock } from '../../ledger/clock.js';
import { ConflictError } from '../../ledger/errors.js';
import { booksOf, erasureTargetsOf, isTokenStore, type AnyChainStore } from '../../ledger/chain-store.js';
import type { NewBlock } from '../../ledger/store.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import { newBlock } from './new-block.js';
import { contradicts } from './compare.js';
import { refuseBlock } from '../upstream/block-evidence.js';
import type { Refusal } from '../upstream/refusal.js';
import { verifyBlockText } from './verify-text.js';

/** A run is stored when it reaches this many entries or characters: the size of a full block of either chain. */
const RUN_ENTRIES_MAX = 10_000;
const RUN_CHARACTERS_MAX = 8 * 1024 * 1024;

/** A verified block that is about to be stored. */
export interface TakenBlock {
  readonly text: string;
  readonly block: NewBlock;
  /** the time that its verification took */
  readonly seconds: number;
}

/** Another upstream delivered blocks of the chain meanwhile: the blocks verified here no longer build on the head. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

interface RunParts {
  /** measures the time of verification */
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly store: AnyChainStore;
  readonly signatures: SignatureChecker;
  /** Returns a block whose entries were verified before it arrived. */
  readonly early: (text: string, parent: ParentState) => Promise<VerifiedBlock | undefined>;
  /** the upstream's signed head as advertised */
  readonly shown: SealedHeader;
  /** the producer's signature over its checkpoint, verified; undefined where the upstream shows none */
  readonly shownCheckpoint: Signature | undefined;
  /** Called before each commit; may throw to prevent it. */
  readonly beforeCommit: () => void;
  /** Called after each commit, for each of its blocks in order. */
  readonly onStored: (taken: TakenBlock) => void;
}

/**
 * A run of verified blocks. A commit costs as much for ten blocks as for one: it writes each page that it changes, and
 * random keys (ids, nonces) change nearly as many pages with a thousand entries as with ten thousand.
 *
 * A run is optimistic: it assumes that every nonce is new, since the store detects a reused one on insert. If anything
 * is wrong, the preceding blocks are stored, and the block in question is verified again by itself against the store,
 * with every nonce looked up. So the reported fault is the first in the protocol's order, the same on every node.
 */
export class BlockRun {
  private taken: TakenBlock[] = [];
  private entries = 0;
  private characters = 0;
  private stored: ParentState;
  private reached: ParentState;
  /** the books with the run's blocks, layered over the store's; undefined if the chain's kind has none */
  private book: Book | undefined;

  constructor(private readonly parts: RunParts) {
    this.stored = this.reached = parts.store.head();
    this.book = this.newBook();
  }

  /** The header of the last block taken. */
  get header(): SealedHeader {
    return this.reached.header;
  }

  /**
   * Verifies the next block. It is stored with the run, at the latest by {@link store}.
   * @param isLast whether the run ends with it
   * @throws Unavailable, FatalError, Overtaken
   */
  async take(text: string, isLast: boolean): Promise<Refusal | undefined> {
    const verified = await this.verify(
      async () =>
        (await this.parts.early(text, this.reached)) ??
        this.verifyText(text, this.reached, this.book, () => false),
    );
    if (isFault(verified)) return (await this.store()) ?? this.takeAlone(text);
    const { block, seconds } = verified;
    if (block.book !== undefined) this.book?.absorb(block.book);
    this.taken.push({ text, block: newBlock(block, this.checkpointOf(block)), seconds });
    this.reached = block;
    this.entries += block.entries.length;
    this.characters += text.length;
    const isFull = this.entries >= RUN_ENTRIES_MAX || this.characters >= RUN_CHARACTERS_MAX;
    return isLast || isFull ? this.store() : undefined;
  }

  /**
   * Stores the blocks taken, in one commit. After a crash before its end, the head is unchanged and all of them are
   * pulled again; after a crash later, all blocks are complete: entries, books and head change together.
   * @throws Unavailable, FatalError, Overtaken
   */
  async store(): Promise<Refusal | undefined> {
    const { taken } = this;
    if (taken.length === 0) return undefined;
    try {
      this.commit(taken, this.book);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      this.begin();
      for (const { text } of taken) {
        const refusal = await this.takeAlone(text);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    }
    return undefined;
  }

  /** Verifies a block against the store, which has all previous blocks, and stores it. */
  private async takeAlone(text: string): Promise<Refusal | undefined> {
    const { store, shown } = this.parts;
    const verified = await this.verify(() =>
      this.verifyText(text, this.stored, booksOf(store), (sender, nonce) => {
        return store.entryByNonce(sender, nonce) !== undefined;
      }),
    );
    if (isFault(verified)) {
      // Against the books and nonces of a later block, a valid block looks faulty.
      this.assertNotOvertaken();
      const { contract } = store.chain;
      return refuseBlock(verified, text, { contract, parent: this.stored, shown });
    }
    const { block, seconds } = verified;
    this.reached = block;
    this.commit([{ text, block: newBlock(block, this.checkpointOf(block)), seconds }], block.book);
    return undefined;
  }

  private checkpointOf({ header }: VerifiedBlock): Signature | undefined {
    const { shown, shownCheckpoint } = this.parts;
    return header.hash === shown.hash ? shownCheckpoint : undefined;
  }

  private async verify(
    work: () => Promise<VerifiedBlock | Fault>,
  ): Promise<{ readonly block: VerifiedBlock; readonly seconds: number } | Fault> {
    const { clock } = this.parts;
    const started = clock.elapsed();
    const block = await work();
    if (isFault(block)) return block;
    // A block whose entries were verified early gets no other check against the advertised head.
    const wrong = contradicts(this.parts.shown, block.header);
    return wrong ?? { block, seconds: (clock.elapsed() - started) / 1000 };
  }

  private verifyText(
    text: string,
    parent: ParentState,
    books: BookSource | undefined,
    nonceUsed: VerifyInput['nonceUsed'],
  ): Promise<VerifiedBlock | Fault> {
    const { store, signatures, shown } = this.parts;
    const { contract } = store.chain;
    const checkHeader = (header: SealedHeader): Fault | undefined => contradicts(shown, header);
    // Erasures of this run's records are found to be faulty, and verified again once those are stored.
    const erasureTarget = erasureTargetsOf(store, parent.header.treeSize);
    const input = { contract, parent, nonceUsed, books, erasureTarget, checkHeader };
    return verifyBlockText(text, input, signatures);
  }

  private commit(taken: readonly TakenBlock[], book: Book | undefined): void {
    const { store, beforeCommit, onStored } = this.parts;
    beforeCommit();
    this.assertNotOvertaken();
    const blocks = taken.map(({ block }) => block);
    store.append(this.stored.header.hash, blocks, book?.changes());
    this.stored = this.reached;
    this.begin();
    for (const block of taken) onStored(block);
  }

  private assertNotOvertaken(): void {
    const { store } = this.parts;
    if (store.head().header.hash === this.stored.header.hash) return;
    throw new Overtaken(`${store.chain.name} has advanced with blocks from another upstream`);
  }

  /** Starts an empty run after the stored head. */
  private begin(): void {
    this.taken = [];
    this.entries = this.characters = 0;
    this.reached = this.stored;
    this.book = this.newBook();
  }

  private newBook(): Book | undefined {
    const { store } = this.parts;
    return isTokenStore(store) ? new Book(store.books, store.chain.contract) : undefined;
  }
}
