/** Verifies a chain's blocks one after the other, and keeps what the next one is verified against. */
import type { SealedHeader } from '../chain/block/block.js';
import { isTokenContract, isTransaction } from '../chain/contract/kinds.js';
import { BlockText } from '../chain/block/block-text.js';
import { Book } from '../chain/books/book.js';
import type { Contract } from '../chain/contract/contract.js';
import { verifyBlockSteps, type ParentState, type VerifiedBlock } from '../chain/block/verify-block.js';
import { toHex } from '../chain/bytes/bytes.js';
import { leafOf, senderOf, type Entry } from '../chain/entry/entry.js';
import type { ErasureTarget } from '../chain/entry/erasure-rules.js';
import type { Frontier } from '../chain/tree/tree.js';
import { orThrow } from './node-chains.js';
import { inTurns } from './patience.js';

export class ChainVerifier {
  /** from genesis on, in memory: some hundred bytes for each wallet and each open hold */
  private readonly books: Book | undefined;
  /** those seen: about a hundred bytes each */
  private readonly nonces = new Set<string>();
  /** what the ids of the entries seen name, on an information chain: about as much */
  private readonly targets = new Map<string, ErasureTarget>();
  private readonly isFromGenesis: boolean;

  private constructor(
    readonly contract: Contract,
    private parent: ParentState | undefined,
  ) {
    this.isFromGenesis = parent === undefined;
    this.books = parent === undefined && isTokenContract(contract) ? Book.genesis(contract) : undefined;
  }

  static fromGenesis(contract: Contract): ChainVerifier {
    return new ChainVerifier(contract, undefined);
  }

  /** @param header its seal is verified. @param frontier of its tree, verified against its root */
  static after(contract: Contract, header: SealedHeader, frontier: Frontier): ChainVerifier {
    return new ChainVerifier(contract, { header, frontier, lastEntryTimestamp: undefined });
  }

  /** the number of entries before the next block */
  get size(): number {
    return this.parent?.header.treeSize ?? 0;
  }

  /** the index of the next block */
  get next(): number {
    return (this.parent?.header.index ?? 0) + 1;
  }

  /**
   * The next block, verified, with turns for the event loop.
   * @param text a block's JSON as it came
   * @throws FaultError; the verifier's state doesn't change
   */
  async take(text: string, signal: AbortSignal | undefined): Promise<VerifiedBlock> {
    const block = orThrow(await inTurns(BlockText.read(text, this.contract, this.next), signal));
    const steps = verifyBlockSteps({
      contract: this.contract,
      parent: this.parent,
      block,
      nonceUsed: (sender, nonce) => this.nonces.has(nonceKey(sender, nonce)),
      // What comes before the first block that was seen isn't known here.
      erasureTarget: (id) => this.targets.get(id) ?? (this.isFromGenesis ? 'unknown' : 'record'),
      books: isTokenContract(this.contract) ? (this.books ?? 'unchecked') : undefined,
    });
    const verified = orThrow(await inTurns(steps, signal));
    this.absorb(verified);
    return verified;
  }

  private absorb({ header, entries, frontier, book }: VerifiedBlock): void {
    for (const entry of entries) {
      this.nonces.add(nonceKey(senderOf(entry), leafOf(entry).nonce));
      this.remember(entry);
    }
    // At genesis, the block's book is already the whole book, and ours was created from it.
    if (this.parent !== undefined && book !== undefined) this.books?.absorb(book);
    const last = entries.at(-1);
    const lastEntryTimestamp = last === undefined ? this.parent?.lastEntryTimestamp : leafOf(last).timestamp;
    this.parent = { header, frontier, lastEntryTimestamp };
  }

  private remember(entry: Entry): void {
    if (isTransaction(entry)) return;
    const { leaf } = entry;
    this.targets.set(toHex(entry.id), leaf.type === 'erasure' ? 'erasure' : 'record');
    if (leaf.type === 'erasure') this.targets.set(leaf.erases, 'erased');
  }
}

/** A nonce has no line feed: no two pairs share a key. */
function nonceKey(sender: string, nonce: string): string {
  return `${nonce}\n${sender}`;
}
