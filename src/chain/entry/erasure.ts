/**
 * Erasures: entries of an information chain after whose seal every node drops the information and salt of an earlier
 * record. The record's leaf, its hash and all proofs stay (protocol, section 13).
 */
import { parseHash, type Hash } from '../bytes/bytes.js';
import { isCount, unknownField, type Fields } from '../bytes/fields.js';
import { fault, shown, type Fault, type FaultDetail } from '../faults.js';
import { isNonce, NONCE_EXPECTED, utf8Length } from './entry-fields.js';

/** Bytes (UTF-8) in a reason, at most. */
export const REASON_BYTES_MAX = 256;
/** The rest of the sentence after the field's name in a refusal. */
export const REASON_EXPECTED = `must be a string of at most ${REASON_BYTES_MAX} bytes in UTF-8`;

/** The content of an erasure's leaf. */
export interface Erasure {
  readonly type: 'erasure';
  /** the id of a record */
  readonly erases: Hash;
  readonly nonce: string;
  /** public, and never erased itself */
  readonly reason?: string | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
}

/** The canonical bytes (RFC 8785) of an erasure's leaf, as text. */
export function erasureText({ erases, nonce, reason, timestamp }: Erasure): string {
  const because = reason === undefined ? '' : `"reason":${JSON.stringify(reason)},`;
  return `{"erases":"${erases}","nonce":"${nonce}",${because}"timestamp":${timestamp},"type":"erasure"}`;
}

/** Whether a leaf of an information chain, as canonical text, is an erasure's: `type` is the last of its fields. */
export function isErasureText(leafText: string): boolean {
  return leafText.endsWith('"type":"erasure"}');
}

const ERASES = /^\{"erases":"([0-9a-f]{64})"/;

/** The id that an erasure's leaf, as canonical text, erases; undefined for any other leaf of an information chain. */
export function erasedId(leafText: string): Hash | undefined {
  return isErasureText(leafText) ? parseHash(ERASES.exec(leafText)?.[1]) : undefined;
}

export function isReason(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && utf8Length(value) <= REASON_BYTES_MAX;
}

const FIELDS = new Set(['erases', 'id', 'nonce', 'reason', 'timestamp', 'type']);

/** The erasure in an entry's fields as they are on the wire: the forms only, neither its id nor other entries. */
export function parseErasure(
  fields: Fields,
  place: Pick<FaultDetail, 'index' | 'sequence'>,
): Erasure | Fault {
  const malformed = (field: string, expected: string): Fault =>
    fault('ENTRY_MALFORMED', { ...place, field, expected, found: shown(fields[field]) });
  if (fields.type !== 'erasure') return malformed('type', '"erasure"');
  const extra = unknownField(fields, FIELDS);
  if (extra !== undefined) return malformed(extra, 'no such field');
  const { nonce, reason, timestamp } = fields;
  const erases = parseHash(fields.erases);
  if (erases === undefined) return malformed('erases', '64 lower-case hex digits');
  if (!isNonce(nonce)) return malformed('nonce', NONCE_EXPECTED);
  if (!isCount(timestamp)) return malformed('timestamp', 'milliseconds since 1970');
  const erasure = { type: 'erasure', erases, nonce, timestamp } as const;
  if (!('reason' in fields)) return erasure;
  return isReason(reason) ? { ...erasure, reason } : malformed('reason', REASON_EXPECTED);
}
