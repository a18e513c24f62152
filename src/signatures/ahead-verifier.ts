/** Verifies the entries of a future block as they arrive, while their signatures are checked in the background. */
import type { BookSource } from '../chain/books/book.js';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import type { Entry } from '../chain/entry/entry.js';
import { fault, isFault, type Fault } from '../chain/faults.js';
import {
  EntryVerifier,
  type EntriesEnd,
  type ParentState,
  type VerifyInput,
} from '../chain/block/verify-block.js';
import type { SignatureChecker } from './signature-checker.js';
import { SignatureCollector } from './signature-collector.js';

export interface AheadInput {
  readonly chain: { readonly id: Hash; readonly contract: Contract };
  readonly parent: ParentState;
  /** a token chain's books at the parent; undefined on an information chain */
  readonly books: BookSource | undefined;
  /** see {@link VerifyInput}; undefined on a token chain */
  readonly erasureTarget?: VerifyInput['erasureTarget'];
}

export class AheadVerifier {
  /** the number of entries without a fault */
  verified = 0;
  private readonly index: number;
  private readonly entries: EntryVerifier;
  private readonly signatures: SignatureCollector;
  private fault: Fault | undefined;

  constructor({ chain, parent, books, erasureTarget }: AheadInput, checker: SignatureChecker) {
    this.index = parent.header.index + 1;
    this.signatures = new SignatureCollector(checker);
    const { contract } = chain;
    // Every nonce is assumed to be new: the store's unique index guarantees it when the entries are written.
    const input = {
      contract,
      parent,
      books,
      nonceUsed: () => false,
      erasureTarget,
      checkSignature: this.signatures.take,
    };
    this.entries = new EntryVerifier(input, { chain: chain.id, index: this.index });
  }

  /** Whether an entry had a fault: no more entries are taken then. */
  get isFaulty(): boolean {
    return this.fault !== undefined;
  }

  /** @returns the entry; undefined once any has a fault, which {@link end} returns */
  take(value: unknown): Entry | undefined {
    if (this.fault !== undefined) return undefined;
    const entry = this.entries.take(value);
    if (isFault(entry)) {
      this.fault = entry;
      return undefined;
    }
    this.verified++;
    return entry;
  }

  /** The state after the entries, or the fault of one. */
  async end(): Promise<EntriesEnd | Fault> {
    if (this.fault !== undefined) return this.fault;
    if (await this.signatures.areGood()) return this.entries.end();
    return fault('BAD_SIGNATURE', { index: this.index });
  }
}
