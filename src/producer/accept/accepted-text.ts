/** Formats the answers for accepted transactions as JSON text: their wire forms are text already, and need not be parsed. */
import { storedEntryText } from '../../ledger/reader.js';
import type { RefusalDto } from '../http/dto/new-transaction.dto.js';
import type { Accepted } from './intake.js';

/** An `AcceptedTransactionDto`. */
export function acceptedText(accepted: Accepted): string {
  const message = `Transaction will be added to Block ${accepted.entry.block}`;
  return `{"message":"${message}",${fieldsText(accepted)}}`;
}

/** An `AcceptedTransactionsDto`, with the outcome of each transaction. */
export function batchText(results: readonly (Accepted | RefusalDto)[]): string {
  let accepted = 0;
  const texts = results.map((result) => {
    if (!('entry' in result)) return `{"error":${JSON.stringify(result)}}`;
    accepted++;
    return `{${fieldsText(result)}${result.repeated ? ',"repeated":true' : ''}}`;
  });
  const message = `${accepted} of ${results.length} transactions accepted`;
  return `{"message":"${message}","accepted":${accepted},"results":[${texts.join(',')}]}`;
}

function fieldsText({ entry }: Accepted): string {
  return `"index":${entry.block},"transaction":${storedEntryText(entry, 'token')}`;
}
