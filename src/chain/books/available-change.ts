/**
 * Computes a transaction's effect on one wallet: these changes add up to the wallet's balance (protocol, section 7).
 */
import type { Units } from '../entry/amount.js';
import type { Transaction } from '../entry/transaction.js';
import type { Hold } from './wallet.js';

/** The fields of a hold that are needed to end it. */
export type HoldTerms = Pick<Hold, 'sender' | 'recipient' | 'send' | 'receive'>;

/**
 * Returns by how much a transaction changes the available amount of the wallet `address`. A hold takes its amount from
 * the sender at once; its end gives the amount less the fee to the recipient, or all of it back to the sender.
 *
 * These changes over all transactions of a wallet, its allocation, and the fees that it collected add up to its
 * available amount. Together with the held amount, that is its balance.
 * @param hold the hold that an `accept`, a `decline` or a `return` ends
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
      if (hold === undefined) throw new TypeError(`requires the hold ${transaction.transfer}`);
      const [gets, amount] =
        transaction.type === 'accept' ? [hold.recipient, hold.receive] : [hold.sender, hold.send];
      return gets === address ? amount : 0n;
    }
  }
}
