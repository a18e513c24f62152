/** What waits for a block. */
import { Injectable } from '@nestjs/common';
import type { TransactionDto } from '../http/dto/entry.dto.js';
import { storedEntryText } from '../ledger/reader.js';
import { LedgerStore, type StoredEntry } from '../ledger/store.js';
import type { PendingTransactionsDto } from './dto/new-transaction.dto.js';
import { PENDING_LIMIT_MAX, type PendingPageDto } from './dto/pending-page.dto.js';
import { Producer } from './producer.js';

@Injectable()
export class PendingService {
  constructor(
    private readonly producer: Producer,
    private readonly store: LedgerStore,
  ) {}

  page({ cursor = 0, limit = PENDING_LIMIT_MAX }: PendingPageDto): PendingTransactionsDto {
    const { from, to } = this.producer.pending('token');
    const entries = this.store.entries('token', Math.max(from, cursor), to, limit);
    const next = (entries.at(-1)?.sequence ?? to) + 1;
    return {
      transactions: entries.map((entry) => ({ ...transactionDto(entry), block: entry.block })),
      total: to - from,
      next_cursor: next < to ? String(next) : null,
    };
  }
}

/** A transaction as it is on the wire. */
function transactionDto(entry: StoredEntry): TransactionDto {
  return JSON.parse(storedEntryText(entry, 'token')) as TransactionDto;
}
