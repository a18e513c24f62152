/** A transaction's effect on one wallet: the lines that a wallet's balance adds up from (protocol, section 7). */
import type { Units } from '../entry/amount.js';
import type { Transaction } from '../entry/transaction.js';
import type { Hold } from './wallet.js';

/** The facts of a hold that its end needs. */
export type HoldTerms = Pick<Hold, 'sender' | 'recipient' | 'send' | 'receive'>;

/**
 * By how much a transaction changes what is available in the wallet `address`. A hold takes its amount from the sender at
 * once; its end gives the amount to the recipient, less the fee, or all of it back to the sender.
 *
 * Over all transactions of a wallet, these changes, its allocation, and the fees that it collected are what is available in
 * it. With what is held, that is its balance.
 * @param hold that an `accept`, a `decline` or a `return` ends
 */
export function availableChange(
  transaction: Transaction,
  hold: HoldTerms | undefined,
  address: string,
): Units {
  switch (transaction.type) {
    case 'transfer': {
      const { sender, recipient, send, receive, holdUntil } = transaction;
      if (sender === address) return -send;
      return recipient === address && holdUntil === undefined ? receive : 0n;
    }
    case 'issue':
      return transaction.recipient === address ? transaction.send : 0n;
    case 'accept':
    case 'decline':
    case 'return': {
      if (hold === undefined) throw new TypeError(`the hold ${transaction.transfer} is needed`);
      const [gets, amount] =
        transaction.type === 'accept' ? [hold.recipient, hold.receive] : [hold.sender, hold.send];
      return gets === address ? amount : 0n;
    }
  }
}
