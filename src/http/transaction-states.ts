/** What has become of a transaction: pending, held, delivered, declined, returned, and which entry says so. */
import { Injectable } from '@nestjs/common';
import type { Hash } from '../chain/bytes.js';
import type { HoldState } from '../chain/wallet.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { assert } from '../ledger/errors.js';
import type { StoredEntry, TokenChainStore } from '../ledger/chain-store.js';
import { LedgerStore } from '../ledger/store.js';
import { ChainReader, placedEntryText } from './chain-reader.js';
import { ReadCache } from './read-cache.js';

type State = 'pending' | HoldState;

/** Characters of cached texts. */
const KEPT_MAX = 8 * 1024 * 1024;

@Injectable()
export class TransactionStates {
  /** By chain and id: the transactions that no block can change any more. */
  private readonly kept: ReadCache<string, string>;

  constructor(
    store: LedgerStore,
    private readonly reader: ChainReader,
    private readonly books: CurrentBooks,
  ) {
    this.kept = new ReadCache(store, { sizeMax: KEPT_MAX, sizeOf: ({ length }) => length });
  }

  /** The {@link text} of the transaction with this id. @throws NotFound, Unavailable */
  read(store: TokenChainStore, id: Hash): string {
    const key = `${store.chain.id}${id}`;
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept;
    const { entry, sealedSize } = this.reader.entry(store, id);
    const { text, isFinal } = this.shown(store, entry, sealedSize);
    if (isFinal) this.kept.set(key, text);
    return text;
  }

  /**
   * A transaction's wire form with its place and, where it moves tokens, `state` and `ended_by`.
   * @param sealedSize the tree size at the head: a state changes when a block says so, not before
   */
  text(store: TokenChainStore, entry: StoredEntry, sealedSize: number): string {
    return this.shown(store, entry, sealedSize).text;
  }

  private shown(
    store: TokenChainStore,
    entry: StoredEntry,
    sealedSize: number,
  ): { readonly text: string; readonly isFinal: boolean } {
    const placed = placedEntryText(entry, store.chain.contract.kind, sealedSize);
    const { type, hold_until: holdUntil } = JSON.parse(entry.leafText) as {
      type: string;
      hold_until?: number;
    };
    const isSealed = entry.sequence < sealedSize;
    if (type !== 'transfer' && type !== 'issue') return { text: placed, isFinal: isSealed };
    if (holdUntil === undefined) {
      const text = withState(placed, isSealed ? 'delivered' : 'pending', 'null');
      return { text, isFinal: isSealed };
    }
    const hold = this.books.of(store).hold(entry.id);
    assert(hold !== undefined, `the hold ${entry.id} is not in the books`);
    const { state, endedBy } = hold;
    const isOver = endedBy !== undefined && endedBy < sealedSize;
    const ended = endedBy === undefined ? 'null' : endText(store, endedBy, sealedSize);
    const text = withState(placed, isSealed ? (isOver ? state : 'held') : 'pending', ended);
    return { text, isFinal: isOver };
  }
}

function endText(store: TokenChainStore, endedBy: number, sealedSize: number): string {
  const [entry] = store.entries(endedBy, endedBy + 1, 1);
  if (entry === undefined) return 'null';
  const { type } = JSON.parse(entry.leafText) as { type: string };
  const { id, sequence, block } = entry;
  const status = sequence < sealedSize ? 'sealed' : 'pending';
  return JSON.stringify({ id, type, sequence, block, status });
}

function withState(placed: string, state: State, endedBy: string): string {
  return `${placed.slice(0, -1)},"state":"${state}","ended_by":${endedBy}}`;
}
