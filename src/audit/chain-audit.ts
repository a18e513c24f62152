/** An audit of one chain, block by block from genesis: nothing is trusted but the contract. */
import type { SealedHeader } from '../chain/block/block.js';
import { isTokenContract, isTransaction } from '../chain/contract/kinds.js';
import { BlockText } from '../chain/block/block-text.js';
import type { BookChanges, BookSource } from '../chain/books/book.js';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import { leafOf, senderOf, type Entry } from '../chain/entry/entry.js';
import { fault, isFault, type Fault } from '../chain/faults.js';
import { ErasureAudit, type RecordIds } from './erasure-audit.js';
import type { HoldPlace } from '../chain/books/sorted-holds.js';
import type { Transaction } from '../chain/entry/transaction.js';
import { verifyBlock, type ParentState, type VerifiedBlock } from '../chain/block/verify-block.js';
import type { Hold, Supply, Wallet } from '../chain/books/wallet.js';
import { assertBalanced } from '../ledger/current-books.js';

/** One use of a nonce. On the information chain the sender is "". */
export interface NonceUse {
  readonly sequence: number;
  /** the block that contains the entry, or is promised to it */
  readonly block: number;
  readonly sender: string;
  readonly nonce: string;
}

/** Knows the nonces of the entries added to it. */
export interface NonceUses {
  addNonce(use: NonceUse): void;
  /** The first reuse of a nonce by its sender, in the order of sequences. Expensive: call it once. */
  reusedNonce(): Omit<NonceUse, 'sender'> | undefined;
}

/**
 * The state that an audit collects about a whole chain, which may not fit in memory. It is discarded afterwards, so
 * nothing has to be durable. As a source of books, it returns the latest state.
 */
export abstract class AuditScratch implements BookSource, NonceUses, RecordIds {
  abstract addNonce(use: NonceUse): void;
  abstract reusedNonce(): NonceUse | undefined;

  abstract addRecord(sequence: number, id: Uint8Array): void;
  abstract recordsOf(ids: Iterable<Hash>): ReadonlyMap<Hash, number>;

  abstract putBooks(changes: BookChanges): void;
  /** Creates an empty wallet if there is none. */
  abstract putName(address: string): void;
  abstract wallet(address: string): Wallet | undefined;
  abstract hold(id: Hash): Hold | undefined;
  abstract openHoldFrom(place: HoldPlace): Hold | undefined;
  abstract supply(): Supply;

  /** Removes a wallet and returns it; undefined if there is none, or it was removed already */
  abstract takeWallet(address: string): Wallet | undefined;
  /** A wallet that was not removed. */
  abstract anyWallet(): Wallet | undefined;
  /** Holds with `from <= sequence`, open or ended, in order, at most `limit`. */
  abstract holds(from: number, limit: number): readonly Hold[];
}

/** A block from a target. */
export interface AuditBlock {
  /** its wire form, as text or parsed */
  readonly wire: unknown;
  /** Compares the target's additional data of the block with what was verified. */
  readonly compare: (verified: VerifiedBlock) => Fault | undefined;
}

/** A block as a text from outside. @param index the expected index, for a fault */
export function auditText(text: string, contract: Contract, index: number): AuditBlock | Fault {
  const steps = BlockText.read(text, contract, index);
  for (;;) {
    const { done, value } = steps.next();
    if (done !== true) continue;
    return isFault(value) ? value : { wire: value, compare: () => undefined };
  }
}

/**
 * Verifies the blocks of a chain in order. After the first fault it must not be given another one.
 *
 * Reused nonces are searched at the end, for all blocks together: looking each nonce up at its entry would take
 * longer than everything else once the chain no longer fits in memory.
 */
export class ChainAudit {
  readonly erasures: ErasureAudit;
  private verified: ParentState | undefined;

  constructor(
    readonly contract: Contract,
    /** its books are those at the head; it also has an empty wallet for each address that occurs without any change to it */
    readonly scratch: AuditScratch,
    private readonly nonces: NonceUses = scratch,
  ) {
    this.erasures = new ErasureAudit(scratch);
  }

  /** The last valid block, with the state for verifying its child. */
  get parent(): ParentState | undefined {
    return this.verified;
  }

  get head(): SealedHeader | undefined {
    return this.verified?.header;
  }

  get blocks(): number {
    return this.head?.index ?? 0;
  }

  get entries(): number {
    return this.head?.treeSize ?? 0;
  }

  /** Verifies the next block. */
  take({ wire, compare }: AuditBlock): Fault | undefined {
    const { contract, verified: parent } = this;
    const books = isTokenContract(contract) && parent !== undefined ? this.scratch : undefined;
    const block = verifyBlock({ contract, parent, block: wire, nonceUsed: () => false, books });
    if ('fault' in block) return block;
    const mismatch = compare(block);
    if (mismatch !== undefined) return mismatch;
    const { header, entries, frontier, lastEntryTimestamp, book } = block;
    if (book !== undefined) {
      assertBalanced(book);
      this.scratch.putBooks(book.changes());
    }
    const first = parent?.header.treeSize ?? 0;
    entries.forEach((entry, position) => {
      this.remember(entry, first + position, header.index);
      if (isTransaction(entry) && !isDelivered(entry.transaction)) this.name(entry.transaction);
    });
    this.verified = { header, frontier, lastEntryTimestamp };
    return undefined;
  }

  /**
   * Records a verified entry's nonce and what it erases.
   * @param block that holds the entry, or was promised to it
   */
  remember(entry: Entry, sequence: number, block: number): void {
    this.nonces.addNonce({ sequence, block, sender: senderOf(entry), nonce: leafOf(entry).nonce });
    if (!isTransaction(entry)) this.erasures.take(entry, { sequence, index: block });
  }

  /** Records the addresses in a transaction: they have wallets, even if nothing ever changes them. */
  name(transaction: Transaction): void {
    this.scratch.putName(transaction.sender);
    // The end of a hold also concerns the hold's sender, whom only the hold names.
    if ('recipient' in transaction) this.scratch.putName(transaction.recipient);
  }

  /**
   * The verdict on all entries.
   * @param found the fault that ended the audit, if one did; a reused nonce before it comes first
   */
  conclude(found?: Fault): Fault | undefined {
    const broken = this.erasures.broken() ?? found;
    const reuse = this.nonces.reusedNonce();
    if (reuse === undefined || (broken?.sequence ?? Infinity) < reuse.sequence) return broken;
    const { block: index, sequence, nonce } = reuse;
    return fault('NONCE_REUSED', { index, sequence, field: 'nonce', expected: 'a new nonce', found: nonce });
  }
}

/** Whether it changed the wallets of all addresses that it names. */
function isDelivered(transaction: Transaction): boolean {
  return transaction.type === 'transfer' && transaction.holdUntil === undefined;
}
