/** An audit of one chain, block by block from genesis: nothing is believed but the contract. */
import type { SealedHeader } from '../chain/block.js';
import type { ChainKind, Contract } from '../chain/contract.js';
import type { Entry } from '../chain/entry.js';
import { fault, type Fault } from '../chain/faults.js';
import { verifyBlock, type ParentState, type VerifiedBlock } from '../chain/verify-block.js';
import { checkBlockText, parseBlockText } from './block-json.js';
import { applyTransfer, walletsOf, type Wallet } from './wallets.js';

/** One use of a nonce. On the information chain the sender is "". */
export interface NonceUse {
  readonly sequence: number;
  /** the block that holds the entry, or was promised to it */
  readonly block: number;
  readonly sender: string;
  readonly nonce: string;
}

/**
 * What an audit has to remember of a whole chain: more than fits in memory. It is thrown away afterwards, so
 * nothing has to be durable.
 */
export abstract class AuditScratch {
  abstract addNonce(use: NonceUse): void;
  /** The first use, by sequence, of a nonce that its sender had used before. Dear: ask once. */
  abstract reusedNonce(): NonceUse | undefined;

  /** Of the given addresses, those that have a wallet. */
  abstract wallets(addresses: Iterable<string>): Map<string, Wallet>;
  abstract putWallets(wallets: Iterable<Wallet>): void;
  /** Takes a wallet out. @returns undefined when there is none, or no longer */
  abstract takeWallet(address: string): Wallet | undefined;
  /** A wallet that wasn't taken out. */
  abstract anyWallet(): Wallet | undefined;
}

/** A block as a source gives it. */
export interface AuditBlock {
  /** its wire form, parsed from JSON */
  readonly wire: unknown;
  /** Compares whatever else the source has of the block with what was verified. */
  readonly compare: (verified: VerifiedBlock) => Fault | undefined;
}

/** A block as a text from outside. @param index the block that it should be, for the fault that it may be */
export function auditText(text: string, kind: ChainKind, index: number): AuditBlock | Fault {
  const parsed = parseBlockText(text, index);
  if ('fault' in parsed) return parsed;
  return { wire: parsed.wire, compare: (verified) => checkBlockText(text, verified, kind) };
}

/**
 * Takes the blocks of a chain one after the other. After the first fault it must not be given another.
 *
 * That every nonce is new is checked at the end for all blocks together: looking each up at its entry would cost
 * more than everything else, once the chain no longer fits in memory.
 */
export class ChainAudit {
  private verified: ParentState | undefined;

  /** @param withWallets whether to add up wallets, so that they can be compared */
  constructor(
    readonly contract: Contract,
    readonly scratch: AuditScratch,
    private readonly withWallets: boolean,
  ) {}

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
    const block = verifyBlock({ contract, parent, block: wire, nonceUsed: () => false });
    if ('fault' in block) return block;
    const mismatch = compare(block);
    if (mismatch !== undefined) return mismatch;
    const { header, entries, frontier } = block;
    const last = entries.at(-1);
    this.remember(entries, parent?.header.treeSize ?? 0, () => header.index);
    this.verified = {
      header,
      frontier,
      lastEntryTimestamp: last === undefined ? parent?.lastEntryTimestamp : timestampOf(last),
    };
    return undefined;
  }

  /** Takes note of verified entries: of their nonces and of what they do to wallets. */
  remember(entries: readonly Entry[], firstSequence: number, blockOf: (position: number) => number): void {
    entries.forEach((entry, position) => {
      const { sender, nonce } = entry.kind === 'token' ? entry.transfer : { sender: '', ...entry.leaf };
      this.scratch.addNonce({ sequence: firstSequence + position, block: blockOf(position), sender, nonce });
    });
    if (this.withWallets) this.apply(entries);
  }

  /**
   * The verdict on everything that was taken.
   * @param found the fault that ended the audit, if one did; a reused nonce before it comes first
   */
  conclude(found?: Fault): Fault | undefined {
    const reuse = this.scratch.reusedNonce();
    if (reuse === undefined) return found;
    const { block: index, sequence, nonce } = reuse;
    return fault('NONCE_REUSED', { index, sequence, field: 'nonce', expected: 'a new nonce', found: nonce });
  }

  private apply(entries: readonly Entry[]): void {
    const { contract } = this;
    if (contract.kind !== 'token') return;
    const transfers = entries.flatMap((entry) => (entry.kind === 'token' ? [entry.transfer] : []));
    const addresses = new Set(transfers.flatMap((transfer) => walletsOf(transfer, contract)));
    const book = this.scratch.wallets(addresses);
    for (const transfer of transfers) applyTransfer(book, transfer, contract);
    this.scratch.putWallets(book.values());
  }
}

export function timestampOf(entry: Entry): number {
  return entry.kind === 'token' ? entry.transfer.timestamp : entry.leaf.timestamp;
}
