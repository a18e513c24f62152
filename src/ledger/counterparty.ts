/** Finds the other wallet that a transaction concerns, apart from its sender. */
import type { BookSource } from '../chain/books/book.js';
import type { Transaction } from '../chain/entry/transaction.js';
import { assert } from './errors.js';

/** The recipient or, if the transaction ends a hold, the hold's sender: the wallet's history lists it. */
export function counterpartyOf(transaction: Transaction, books: Pick<BookSource, 'hold'>): string {
  if (transaction.type === 'transfer' || transaction.type === 'issue') return transaction.recipient;
  const hold = books.hold(transaction.transfer);
  assert(hold !== undefined, `there is no hold ${transaction.transfer}`);
  return hold.sender;
}
