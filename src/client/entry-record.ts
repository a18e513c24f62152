/** Entries of either chain as the client gives them out. */
import { toHex, type Hash } from '../chain/bytes.js';
import type { ChainKind, Contract } from '../chain/contract.js';
import type { Entry } from '../chain/entry.js';
import { recordOf, type TransactionRecord } from './transaction-record.js';

export interface InformationRecord {
  /** SHA-256(0x00 ‖ leaf bytes), 64 hex digits: the record's name */
  readonly id: string;
  readonly type: 'information';
  /** SHA-256(salt ‖ JCS(information)) */
  readonly informationHash: string;
  readonly nonce: string;
  /** when the producer accepted it, in milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  /** any JSON; undefined once it was erased */
  readonly content: { readonly information: unknown; readonly salt: string } | undefined;
}

export type EntryRecord<K extends ChainKind = ChainKind> = K extends 'token'
  ? TransactionRecord
  : InformationRecord;

/** @param contract of the entry's chain */
export function entryRecord<K extends ChainKind>(entry: Entry, contract: Contract): EntryRecord<K> {
  const id = toHex(entry.id) as Hash;
  if (entry.kind === 'token') {
    if (contract.kind !== 'token') throw new TypeError('a transaction needs a token chain’s contract');
    return recordOf(entry.transaction, id, contract) as EntryRecord<K>;
  }
  const { informationHash, nonce, timestamp } = entry.leaf;
  const content = entry.content && {
    information: JSON.parse(entry.content.text) as unknown,
    salt: entry.content.salt,
  };
  return { id, type: 'information', informationHash, nonce, timestamp, content } as EntryRecord<K>;
}
