/** The state of a transaction (pending, held, delivered, declined, returned), and the entry that decided it. */
import { Injectable } from '@nestjs/common';
import { formatAmount, type Units } from '../../chain/entry/amount.js';
import { availableChange } from '../../chain/books/available-change.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { parseLeaf } from '../../chain/entry/transaction.js';
import type { Hold, HoldState } from '../../chain/books/wallet.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { assert } from '../../ledger/errors.js';
import type { StoredEntry, TokenChainStore } from '../../ledger/chain-store.js';
import { LedgerStore } from '../../ledger/store.js';
import { ChainReader, placedEntryText } from '../chains/chain-reader.js';
import { ReadCache } from '../chains/read-cache.js';

type State = 'pending' | HoldState;

/** Most characters of cached texts. */
const KEPT_MAX = 8 * 1024 * 1024;

@Injectable()
export class TransactionStates {
  /** Transactions whose state is final, keyed by chain and id. */
  private readonly kept: ReadCache<string, string>;

  constructor(
    store: LedgerStore,
    private readonly reader: ChainReader,
    private readonly books: CurrentBooks,
    private readonly cosignatures: Cosignatures,
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
    const witnessed = this.cosignatures.hasQuorum ? (this.cosignatures.witnessedSize(store) ?? 0) : Infinity;
    if (isFinal && entry.sequence < witnessed) this.kept.set(key, text);
    return text;
  }

  /**
   * A transaction's wire form with its position; for a transfer or an issue, also `state` and `ended_by`; for
   * an entry that ends a hold, the `hold`.
   * @param sealedSize the tree size at the head: a state changes only
   * when the entry that changes it is sealed
   */
  text(store: TokenChainStore, entry: StoredEntry, sealedSize: number): string {
    return this.shown(store, entry, sealedSize).text;
  }

  /** The {@link text} of one of a wallet's transactions, with the change that it makes to the wallet. */
  textFor(store: TokenChainStore, entry: StoredEntry, sealedSize: number, address: string): string {
    const { contract } = store.chain;
    const transaction = parseLeaf(entry.leafText, contract);
    assert(transaction !== undefined, `entry ${entry.sequence} is not a transaction`);
    const hold = 'transfer' in transaction ? this.books.of(store).hold(transaction.transfer) : undefined;
    const change = formatAmount(availableChange(transaction, hold, address), contract.decimals);
    return `${this.text(store, entry, sealedSize).slice(0, -1)},"available_change":"${change}"}`;
  }

  private shown(
    store: TokenChainStore,
    entry: StoredEntry,
    sealedSize: number,
  ): { readonly text: string; readonly isFinal: boolean } {
    const reached = { sealed: sealedSize, witnessed: this.cosignatures.witnessedSize(store) };
    const placed = placedEntryText(entry, store.chain.contract.kind, reached);
    const { hold_until: holdUntil, transfer } = JSON.parse(entry.leafText) as {
      hold_until?: number;
      transfer?: Hash;
    };
    const isSealed = entry.sequence < sealedSize;
    if (transfer !== undefined) {
      // The leaf contains only the hold's id; readers also want its parties and amounts.
      const hold = this.books.of(store).hold(transfer);
      assert(hold !== undefined, `the hold ${transfer} is not in the books`);
      return { text: withHold(placed, hold, store.chain.contract.decimals), isFinal: isSealed };
    }
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

function withHold(placed: string, hold: Hold, decimals: number): string {
  const { sender, recipient, send, receive, fee, holdUntil } = hold;
  const amount = (units: Units): string => formatAmount(units, decimals);
  const terms = {
    sender,
    recipient,
    amount_send: amount(send),
    amount_receive: amount(receive),
    amount_bpsc: amount(fee),
    hold_until: holdUntil,
  };
  return `${placed.slice(0, -1)},"hold":${JSON.stringify(terms)}}`;
}

function withState(placed: string, state: State, endedBy: string): string {
  return `${placed.slice(0, -1)},"state":"${state}","ended_by":${endedBy}}`;
}
