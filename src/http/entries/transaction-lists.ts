/** Lists transactions, newest first, by cursor. */
import { Injectable } from '@nestjs/common';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { ChainReader } from '../chains/chain-reader.js';
import { LIMIT_DEFAULT } from '../dto/page.dto.js';
import type { TransactionQueryDto } from '../dto/transaction.dto.js';
import { TransactionStates } from './transaction-states.js';

@Injectable()
export class TransactionLists {
  constructor(
    private readonly reader: ChainReader,
    private readonly states: TransactionStates,
  ) {}

  /** `{transactions: […], next_cursor}` as JSON text. */
  page(store: TokenChainStore, { address, cursor, limit = LIMIT_DEFAULT }: TransactionQueryDto): string {
    const { treeSize } = store.head().header;
    if (address !== undefined) this.reader.assertAddress(address, store);
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
    // Reading one more than requested shows whether there is a next page.
    const found =
      address === undefined
        ? store.entriesBefore(before, limit + 1)
        : store.transactionsOf(address, before, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? `"${last.sequence}"` : 'null';
    const texts = shown.map((entry) =>
      address === undefined
        ? this.states.text(store, entry, treeSize)
        : this.states.textFor(store, entry, treeSize, address),
    );
    return `{"transactions":[${texts.join(',')}],"next_cursor":${next}}`;
  }
}
