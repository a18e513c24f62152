/**
 * Checks a chain's transactions one by one against the rules of section 7: first the books, then the expensive
 * signatures.
 */
import { checkAddress, type Book } from './book.js';
import { toHex, type Hash, type PublicKey, type Signature } from '../bytes/bytes.js';
import type { TokenContract } from '../contract/contract.js';
import { verifySignature } from '../bytes/ed25519.js';
import type { TransactionEntry } from '../entry/entry.js';
import { fault, type Fault } from '../faults.js';
import { holderText, type EntryPlace, type Transaction } from '../entry/transaction.js';

/** Whether `signature` is the key's signature over the text. */
export type SignatureCheck = (publicKey: PublicKey, text: string, signature: Signature) => boolean;

export class WalletRules {
  /**
   * @param book the state before the first transaction; each transaction taken changes it. If undefined, the rules that
   *   need other entries are skipped.
   */
  constructor(
    private readonly contract: TokenContract,
    private readonly chain: Hash,
    readonly book: Book | undefined,
    private readonly isSigned: SignatureCheck = verifySignature,
  ) {}

  /** Checks and books a transaction. @returns the first rule that it breaks, in which case nothing is booked */
  take({ transaction, id }: TransactionEntry, place: Required<EntryPlace>): Fault | undefined {
    const broken = this.book === undefined ? checkAddress(transaction) : this.book.check(transaction);
    if (broken !== undefined) {
      const { code, ...detail } = broken;
      return fault(code, { ...place, ...detail });
    }
    const unsigned = this.checkSignature(transaction, place);
    if (unsigned !== undefined) return unsigned;
    this.book?.apply(transaction, toHex(id) as Hash, place.sequence);
    return undefined;
  }

  private checkSignature(transaction: Transaction, place: EntryPlace): Fault | undefined {
    if (transaction.type === 'return' || transaction.proof === undefined) return undefined;
    const { publicKey, signature } = transaction.proof;
    if (this.isSigned(publicKey, holderText(transaction, this.contract, this.chain), signature))
      return undefined;
    return badSignature(place, publicKey, signature);
  }
}

export function badSignature(place: EntryPlace, by: PublicKey, found: Signature): Fault {
  return fault('BAD_SIGNATURE', { ...place, field: 'signature', expected: `a signature by ${by}`, found });
}
