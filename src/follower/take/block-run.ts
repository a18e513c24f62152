/** Blocks that are verified one on the other before they are stored: those of a run share a commit. */
import { Book, type BookSource } from '../../chain/books/book.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { isFault, type Fault } from '../../chain/faults.js';
import type { ParentState, VerifiedBlock, VerifyInput } from '../../chain/block/verify-block.js';
import type { Clock } from '../../ledger/clock.js';
import { ConflictError } from '../../ledger/errors.js';
import { booksOf, isTokenStore, type AnyChainStore } from '../../ledger/chain-store.js';
import type { NewBlock } from '../../ledger/store.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import { newBlock } from './new-block.js';
import { contradicts } from './compare.js';
import { refuseBlock } from '../upstream/block-evidence.js';
import type { Refusal } from '../upstream/refusal.js';
import { verifyBlockText } from './verify-text.js';

/** A run is stored when it has as many entries, or as many characters: as a full block of either chain. */
const RUN_ENTRIES_MAX = 10_000;
const RUN_CHARACTERS_MAX = 8 * 1024 * 1024;

/** A block of this node's, on its way there. */
export interface TakenBlock {
  readonly text: string;
  readonly block: NewBlock;
  /** what it took to verify it */
  readonly seconds: number;
}

/** Blocks of the chain came from another upstream meanwhile: what was verified here stands on what is no longer the head. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

interface RunParts {
  /** measures how long verifying takes */
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly store: AnyChainStore;
  readonly signatures: SignatureChecker;
  /** A block that was verified before it came, all but what only the block can say. */
  readonly early: (text: string, parent: ParentState) => Promise<VerifiedBlock | undefined>;
  /** the upstream's head as it showed it, signed */
  readonly shown: SealedHeader;
  /** Called before each commit; throws what shall prevent it. */
  readonly beforeCommit: () => void;
  /** Called after each commit, for each of its blocks in order. */
  readonly onStored: (taken: TakenBlock) => void;
}

/**
 * A commit costs as much for ten blocks as for one: it writes each page that it changes, and random keys (ids, nonces)
 * change nearly as many pages with a thousand entries as with ten thousand.
 *
 * A run is optimistic: it takes every nonce for a new one, since the store finds the same when it inserts. Where
 * anything is wrong, the blocks before are stored and the block in question is verified once more, alone, against the
 * store, every nonce looked up: so the fault is the one that the protocol's order finds first, on every node the same.
 */
export class BlockRun {
  private taken: TakenBlock[] = [];
  private entries = 0;
  private characters = 0;
  private stored: ParentState;
  private reached: ParentState;
  /** the books with the run's blocks, over the store's; undefined where the chain's kind has none */
  private book: Book | undefined;

  constructor(private readonly parts: RunParts) {
    this.stored = this.reached = parts.store.head();
    this.book = this.newBook();
  }

  /** Of the last block that was taken. */
  get header(): SealedHeader {
    return this.reached.header;
  }

  /**
   * Verifies the next block. It is stored with the run, at the latest with {@link store}.
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
    this.taken.push({ text, block: newBlock(block), seconds });
    this.reached = block;
    this.entries += block.entries.length;
    this.characters += text.length;
    const isFull = this.entries >= RUN_ENTRIES_MAX || this.characters >= RUN_CHARACTERS_MAX;
    return isLast || isFull ? this.store() : undefined;
  }

  /**
   * Stores what was taken, in one commit. A crash before its end leaves the head where it was, and all of it is
   * pulled again; a crash after it leaves all blocks whole: entries, books and head move together.
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

  /** Verifies a block against the store, which has all before it, and stores it. */
  private async takeAlone(text: string): Promise<Refusal | undefined> {
    const { store, shown } = this.parts;
    const verified = await this.verify(() =>
      this.verifyText(text, this.stored, booksOf(store), (sender, nonce) => {
        return store.entryByNonce(sender, nonce) !== undefined;
      }),
    );
    if (isFault(verified)) {
      // Against books and nonces of a later block, a good one looks bad.
      this.assertNotOvertaken();
      const { contract } = store.chain;
      return refuseBlock(verified, text, { contract, parent: this.stored, shown });
    }
    const { block, seconds } = verified;
    this.reached = block;
    this.commit([{ text, block: newBlock(block), seconds }], block.book);
    return undefined;
  }

  private async verify(
    work: () => Promise<VerifiedBlock | Fault>,
  ): Promise<{ readonly block: VerifiedBlock; readonly seconds: number } | Fault> {
    const { clock } = this.parts;
    const started = clock.elapsed();
    const block = await work();
    if (isFault(block)) return block;
    // A block that was verified before it came has no other look at its header.
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
    return verifyBlockText(text, { contract, parent, nonceUsed, books, checkHeader }, signatures);
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
    throw new Overtaken(`${store.chain.name} has moved on with blocks of another upstream`);
  }

  /** With nothing taken, behind what is stored. */
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
