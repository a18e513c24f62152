/** The rules of section 7 on the transactions of a chain, one after the other: books, then signatures, which are expensive. */
import { checkAddress, type Book } from './book.js';
import { toHex, type Hash, type PublicKey, type Signature } from '../bytes/bytes.js';
import type { TokenContract } from '../contract/contract.js';
import { verifySignature } from '../bytes/ed25519.js';
import type { TransactionEntry } from '../entry/entry.js';
import { fault, type Fault } from '../faults.js';
import { holderText, type EntryPlace, type Transaction } from '../entry/transaction.js';

/** Whether a signature over a text is by a key. */
export type SignatureCheck = (publicKey: PublicKey, text: string, signature: Signature) => boolean;

export class WalletRules {
  /**
   * @param book before the first transaction; changed by each that is taken. Without it, the rules that need other
   *   entries are left out.
   */
  constructor(
    private readonly contract: TokenContract,
    private readonly chain: Hash,
    readonly book: Book | undefined,
    private readonly isSigned: SignatureCheck = verifySignature,
  ) {}

  /** Books a transaction. @returns the first rule that it breaks: nothing is booked then */
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
