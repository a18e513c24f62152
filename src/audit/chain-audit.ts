/** An audit of one chain, block by block from genesis: nothing is believed but the contract. */
import type { SealedHeader } from '../chain/block/block.js';
import { BlockText } from '../chain/block/block-text.js';
import type { BookChanges, BookSource } from '../chain/books/book.js';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import type { Entry } from '../chain/entry/entry.js';
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
  /** the block that holds the entry, or was promised to it */
  readonly block: number;
  readonly sender: string;
  readonly nonce: string;
}

/** Knows the nonces of the entries that were added to it. */
export interface NonceUses {
  addNonce(use: NonceUse): void;
  /** The first use, by sequence, of a nonce that its sender had used before. Expensive: call it once. */
  reusedNonce(): Omit<NonceUse, 'sender'> | undefined;
}

/**
 * What an audit has to remember of a whole chain: more than fits in memory. It is thrown away afterwards, so
 * nothing has to be durable. As a source of books it gives what was put into it last.
 */
export abstract class AuditScratch implements BookSource, NonceUses, RecordIds {
  abstract addNonce(use: NonceUse): void;
  abstract reusedNonce(): NonceUse | undefined;

  abstract addRecord(sequence: number, id: Uint8Array): void;
  abstract recordsOf(ids: Iterable<Hash>): ReadonlyMap<Hash, number>;

  abstract putBooks(changes: BookChanges): void;
  /** Makes an empty wallet where there is none. */
  abstract putName(address: string): void;
  abstract wallet(address: string): Wallet | undefined;
  abstract hold(id: Hash): Hold | undefined;
  abstract openHoldFrom(place: HoldPlace): Hold | undefined;
  abstract supply(): Supply;

  /** Takes a wallet out. @returns undefined when there is none, or no longer */
  abstract takeWallet(address: string): Wallet | undefined;
  /** A wallet that wasn't taken out. */
  abstract anyWallet(): Wallet | undefined;
  /** Holds with `from <= sequence`, open or ended, in order, at most `limit`. */
  abstract holds(from: number, limit: number): readonly Hold[];
}

/** A block as a source gives it. */
export interface AuditBlock {
  /** its wire form: the text, or what was parsed from it */
  readonly wire: unknown;
  /** Compares whatever else the source has of the block with what was verified. */
  readonly compare: (verified: VerifiedBlock) => Fault | undefined;
}

/** A block as a text from outside. @param index the block that it should be, for the fault that it may be */
export function auditText(text: string, contract: Contract, index: number): AuditBlock | Fault {
  const steps = BlockText.read(text, contract, index);
  for (;;) {
    const { done, value } = steps.next();
    if (done !== true) continue;
    return isFault(value) ? value : { wire: value, compare: () => undefined };
  }
}

/**
 * Takes the blocks of a chain one after the other. After the first fault it must not be given another.
 *
 * That every nonce is new is checked at the end for all blocks together: looking each up at its entry would cost
 * more than everything else, once the chain no longer fits in memory.
 */
export class ChainAudit {
  readonly erasures: ErasureAudit;
  private verified: ParentState | undefined;

  constructor(
    readonly contract: Contract,
    /** its books are those at the head; it also has an empty wallet for each address that is only named */
    readonly scratch: AuditScratch,
    private readonly nonces: NonceUses = scratch,
  ) {
    this.erasures = new ErasureAudit(scratch);
  }

  /** The last block without a fault, with what its children are verified against. */
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
    const books = contract.kind === 'token' && parent !== undefined ? this.scratch : undefined;
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
      if (entry.kind === 'token' && !isDelivered(entry.transaction)) this.name(entry.transaction);
    });
    this.verified = { header, frontier, lastEntryTimestamp };
    return undefined;
  }

  /**
   * Takes note of a verified entry's nonce, and of what it erases.
   * @param block that holds the entry, or was promised to it
   */
  remember(entry: Entry, sequence: number, block: number): void {
    const { sender, nonce } = entry.kind === 'token' ? entry.transaction : { sender: '', ...entry.leaf };
    this.nonces.addNonce({ sequence, block, sender, nonce });
    if (entry.kind === 'information') this.erasures.take(entry, { sequence, index: block });
  }

  /** Takes note of whom a transaction names: they have wallets, even where nothing ever touches those. */
  name(transaction: Transaction): void {
    this.scratch.putName(transaction.sender);
    // The end of a hold concerns its sender as well, whom only the hold names.
    if ('recipient' in transaction) this.scratch.putName(transaction.recipient);
  }

  /**
   * The verdict on everything that was taken.
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

/** Whether it touched the wallets of all whom it names. */
function isDelivered(transaction: Transaction): boolean {
  return transaction.type === 'transfer' && transaction.holdUntil === undefined;
}

export function timestampOf(entry: Entry): number {
  return entry.kind === 'token' ? entry.transaction.timestamp : entry.leaf.timestamp;
}
