/**
 * Evidence without the content of information records: a record may be erased later, and what convicts its producer are
 * headers and leaves.
 */
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { KINDS } from '../../chain/contract/kinds.js';
import type { Refusal } from './refusal.js';

const NOT_KEPT =
  'what was received may hold information that is erased later and convicts no producer, so it is not kept; the digest covers it';
/** Whoever has no producer's key can't make this node parse much. */
const UNSIGNED_PARSED_MAX = 65_536;
const ENTRIES = KINDS.information.entriesField;

export function redacted({ evidence, ...refusal }: Refusal): Refusal {
  const isWorthIt = refusal.isProducers === true || evidence.text.length <= UNSIGNED_PARSED_MAX;
  const text = isWorthIt ? redactedText(evidence.text) : JSON.stringify({ note: NOT_KEPT });
  return { ...refusal, evidence: { ...evidence, text } };
}

/** @param text blocks of an information chain, or parts of them, as they are kept */
function redactedText(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return JSON.stringify({ note: NOT_KEPT });
  }
  return JSON.stringify(withoutContent(value));
}

/** A block, or an object with blocks in it. */
function withoutContent(value: unknown): unknown {
  const fields = asFields(value);
  if (fields === undefined) return value;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      if (name === ENTRIES) return [name, Array.isArray(field) ? field.map(entry) : 'redacted'];
      return [name, /^(block|delivered|shown|verified)$/.test(name) ? withoutContent(field) : field];
    }),
  );
}

/** An entry, or its id. */
function entry(value: unknown): unknown {
  const fields = asFields(value);
  if (fields === undefined)
    return typeof value === 'string' && value.length === ID_DIGITS ? value : 'redacted';
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, LEAF.has(name) ? short(field) : 'redacted']),
  );
}

const ID_DIGITS = 64;
const LEAF = new Set<keyof Fields>([
  'erased',
  'erases',
  'id',
  'information_hash',
  'nonce',
  'reason',
  'timestamp',
  'type',
]);

/** Everything in a leaf is a number, a flag or a short text. */
function short(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return 'redacted';
  return typeof value === 'string' && value.length > SHORT_MAX ? 'redacted' : value;
}

const SHORT_MAX = 256;
