/** What has become of a transaction: pending, held, delivered, declined, returned, and which entry says so. */
import { Injectable } from '@nestjs/common';
import type { Hash } from '../chain/bytes.js';
import type { HoldState } from '../chain/wallet.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { assert } from '../ledger/errors.js';
import { LedgerStore, type StoredEntry } from '../ledger/store.js';
import { placedEntryText } from './chain-reader.js';

type State = 'pending' | HoldState;

@Injectable()
export class TransactionStates {
  constructor(
    private readonly store: LedgerStore,
    private readonly books: CurrentBooks,
  ) {}

  /**
   * A transaction's wire form with its place and, where it moves tokens, `state` and `ended_by`.
   * @param sealedSize the tree size at the head: a state changes when a block says so, not before
   */
  text(entry: StoredEntry, sealedSize: number): string {
    const placed = placedEntryText(entry, 'token', sealedSize);
    const { type, hold_until: holdUntil } = JSON.parse(entry.leafText) as {
      type: string;
      hold_until?: number;
    };
    if (type !== 'transfer' && type !== 'issue') return placed;
    const isSealed = entry.sequence < sealedSize;
    if (holdUntil === undefined) return withState(placed, isSealed ? 'delivered' : 'pending', 'null');
    const hold = this.books.get().hold(entry.id as Hash);
    assert(hold !== undefined, `the hold ${entry.id} is not in the books`);
    const { state, endedBy } = hold;
    const isOver = endedBy !== undefined && endedBy < sealedSize;
    const ended = endedBy === undefined ? 'null' : this.endText(endedBy, sealedSize);
    return withState(placed, isSealed ? (isOver ? state : 'held') : 'pending', ended);
  }

  private endText(sequence: number, sealedSize: number): string {
    const [entry] = this.store.entries('token', sequence, sequence + 1, 1);
    if (entry === undefined) return 'null';
    const { type } = JSON.parse(entry.leafText) as { type: string };
    const status = entry.sequence < sealedSize ? 'sealed' : 'pending';
    return JSON.stringify({ id: entry.id, type, sequence, block: entry.block, status });
  }
}

function withState(placed: string, state: State, endedBy: string): string {
  return `${placed.slice(0, -1)},"state":"${state}","ended_by":${endedBy}}`;
}
