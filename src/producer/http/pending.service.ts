/** Lists the transactions that wait for a block. */
import { Injectable } from '@nestjs/common';
import { LIMIT_DEFAULT } from '../../http/dto/page.dto.js';
import { storedEntryText } from '../../ledger/reader.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import type { PendingPageDto } from './dto/pending-page.dto.js';
import { Producer } from '../chain/producer.js';

@Injectable()
export class PendingService {
  constructor(private readonly producer: Producer) {}

  /** A `PendingTransactionsDto` as JSON text. */
  page(store: TokenChainStore, { cursor = 0, limit = LIMIT_DEFAULT }: PendingPageDto): string {
    const { from, to } = this.producer.chain(store.chain.id).pending;
    const entries = store.entries(Math.max(from, cursor), to, limit);
    const { kind } = store.chain.contract;
    const texts = entries.map(
      (entry) => `${storedEntryText(entry, kind).slice(0, -1)},"block":${entry.block}}`,
    );
    const next = (entries.at(-1)?.sequence ?? to) + 1;
    const cursorText = next < to ? `"${next}"` : 'null';
    return `{"transactions":[${texts.join(',')}],"total":${to - from},"next_cursor":${cursorText}}`;
  }
}
