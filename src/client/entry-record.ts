/** Entries of either kind of chain, as the client returns them. */
import { toHex, type Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import { isTokenContract, isTransaction, type ChainKind } from '../chain/contract/kinds.js';
import type { Entry, InformationEntry, TransactionEntry } from '../chain/entry/entry.js';
import { recordOf, type TransactionRecord } from './transaction-record.js';

export interface InformationRecord {
  /** SHA-256(0x00 ‖ leaf bytes), 64 hex digits: identifies the record */
  readonly id: string;
  readonly type: 'information';
  /** SHA-256(salt ‖ JCS(information)) */
  readonly informationHash: string;
  readonly nonce: string;
  /** when the producer accepted it, in milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  /** any JSON; undefined once it is erased */
  readonly content: { readonly information: unknown; readonly salt: string } | undefined;
}

/** The erasure of an earlier record: its content is gone, its place in the chain stays. */
export interface ErasureRecord {
  readonly id: string;
  readonly type: 'erasure';
  /** the id of the record */
  readonly erases: string;
  readonly reason: string | undefined;
  readonly nonce: string;
  /** when the producer accepted it, in milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
}

interface EntryRecords {
  readonly token: TransactionRecord;
  readonly information: InformationRecord | ErasureRecord;
}
export type EntryRecord<K extends ChainKind = ChainKind> = EntryRecords[K];

/** @param contract of the entry's chain */
export function entryRecord<K extends ChainKind>(entry: Entry, contract: Contract): EntryRecord<K> {
  const record = isTransaction(entry) ? transactionRecord(entry, contract) : informationRecord(entry);
  return record as EntryRecord<K>;
}

function transactionRecord({ id, transaction }: TransactionEntry, contract: Contract): TransactionRecord {
  if (!isTokenContract(contract)) throw new TypeError('a transaction needs a token chain’s contract');
  return recordOf(transaction, toHex(id) as Hash, contract);
}

function informationRecord({ id, leaf, content }: InformationEntry): InformationRecord | ErasureRecord {
  if (leaf.type === 'erasure') return { reason: undefined, ...leaf, id: toHex(id) };
  const { informationHash, nonce, timestamp } = leaf;
  const beside = content && { information: JSON.parse(content.text) as unknown, salt: content.salt };
  return { id: toHex(id), type: 'information', informationHash, nonce, timestamp, content: beside };
}
