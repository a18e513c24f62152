/** Reads an information record, or an erasure, with its place in the chain, from a node's answer. */
import type { InformationContract } from '../chain/contract/contract.js';
import { parseEntry } from '../chain/entry/entry.js';
import { entryRecord, type ErasureRecord, type InformationRecord } from './entry-record.js';
import { orThrow } from './node-chains.js';
import type { AnswerFields } from './reading.js';
import { readPlace, type Place } from './transaction-record.js';

/** The erasure of a record. While it is pending, the record still has its content. */
export interface ErasedBy extends Pick<Place, 'block' | 'status'> {
  readonly id: string;
  readonly reason: string | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
}

export type PlacedInformation = (InformationRecord | ErasureRecord) &
  Place & { readonly erasure: ErasedBy | undefined };

/** Fields that say where an entry is, and are no part of it. */
const PLACE = new Set(['sequence', 'block', 'status', 'level', 'erasure']);
const STATUSES = ['pending', 'sealed'] as const;

/** The entry's content matches its id; its place and its erasure are not verified. @throws FaultError, UnexpectedAnswerError */
export function readPlacedInformation(
  answer: AnswerFields,
  contract: InformationContract,
): PlacedInformation {
  const wire = Object.fromEntries(Object.entries(answer.fields).filter(([name]) => !PLACE.has(name)));
  const record = entryRecord<'information'>(orThrow(parseEntry(wire, contract)), contract);
  const erasure = 'erasure' in answer.fields ? readErasure(answer.object('erasure')) : undefined;
  return { ...record, ...readPlace(answer), erasure };
}

function readErasure(answer: AnswerFields): ErasedBy {
  return {
    id: answer.text('id'),
    reason: answer.optionalText('reason'),
    timestamp: answer.count('timestamp'),
    block: answer.count('block'),
    status: answer.oneOf('status', STATUSES),
  };
}
