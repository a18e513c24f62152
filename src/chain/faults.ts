/** Faults: everything that can be wrong with a chain that came from outside. A fault is a value, never an exception. */
import type { Fields } from './bytes/fields.js';
import { ERASURE_CODES } from './entry/erasure-rules.js';

/** Each code with the predicate of its message; the subject is the block or the upstream at fault. */
export const FAULT_CODES = {
  MALFORMED: 'does not have the form that the protocol defines: a field is missing, unknown or malformed',
  TOO_LARGE: 'is larger than any valid block can be',
  UNSUPPORTED: 'uses a part of the protocol that this version cannot check',
  VERSION_MISMATCH: 'has a different protocol version',
  CHAIN_MISMATCH: 'belongs to another chain',
  CHAIN_MISSING: 'does not list a chain that it must have',
  CHAIN_ID_MISMATCH: 'has a contract that does not hash to the chain id',
  PRODUCER_MISMATCH: 'names a producer other than the pinned one',
  INDEX_MISMATCH: "has an index that does not follow its parent's",
  PREVIOUS_HASH_MISMATCH: 'does not build on the verified block before it',
  TIMESTAMP_BACKWARDS: 'has a timestamp earlier than that of its parent or of one of its entries',
  TIMESTAMP_MISMATCH: "is a genesis block whose timestamp is not the contract's creation time",
  TREE_SIZE_MISMATCH: 'has a tree size that does not match its number of entries',
  TOO_MANY_ENTRIES: 'has more entries than the contract allows',
  ENTRY_MALFORMED: 'has an entry with a field that is missing, unknown or malformed',
  ENTRY_TIMESTAMP_BACKWARDS: 'has an entry with a timestamp earlier than that of the entry before it',
  ENTRY_ID_MISMATCH: 'has an entry whose id is not the hash of its leaf',
  FEE_MISMATCH: 'has a transfer that is not split as the contract requires',
  NONCE_REUSED: 'has an entry whose nonce was already used',
  ADDRESS_MISMATCH: 'has an entry whose sender is not the address of its public key',
  OVERDRAWN: 'has an entry that takes more from a wallet than is available in it',
  NOT_ISSUER: "has an issue by a wallet other than the contract's issuer",
  NOT_RECIPIENT: "has an answer to a hold by a wallet other than the hold's recipient",
  NOT_PRODUCER: 'has a return that does not name the fee wallet as its sender',
  HOLD_TIME: 'has a hold whose end is not later than its timestamp, or is more than 366 days later',
  HOLD_UNKNOWN: 'has an entry that would end a hold that does not exist',
  HOLD_ENDED: 'has an entry that would end a hold that has already ended',
  HOLD_EXPIRED: 'has an answer to a hold that had already expired',
  HOLD_NOT_EXPIRED: 'has a return of a hold that had not yet expired',
  HOLD_OVERDUE: 'has an entry more than 60,000 ms after the end of a hold that had not been returned by then',
  INFORMATION_HASH_MISMATCH: 'has an information record that does not match the hash in its leaf',
  ...ERASURE_CODES,
  CONTENT_WITHHELD: 'has an information record without its content, although no sealed erasure erases it',
  TREE_ROOT_MISMATCH: 'has a tree root that does not match its entries',
  HASH_MISMATCH: 'has a hash that does not match its header',
  BAD_SIGNATURE: 'has a signature that does not verify under the key that it names',
  FORKED: 'contradicts another block with the same index',
  TRUNCATED: 'ends before a block that was verified earlier',
  WALLET_MISMATCH: 'stores a wallet that does not match the chain',
  HOLD_MISMATCH: 'stores a hold that does not match the chain',
  SUPPLY_MISMATCH: 'stores a supply that does not match the chain',
  STORED_MISMATCH: 'stores other data that does not match the chain',
} as const;

export type FaultCode = keyof typeof FAULT_CODES;

/** A fault's location and cause. `expected` and `found` are for people to read. */
export interface Fault {
  readonly fault: FaultCode;
  readonly message: string;
  /** the block's index, if known */
  readonly index?: number;
  /** the entry's sequence, if an entry is at fault */
  readonly sequence?: number;
  readonly field?: string;
  readonly expected?: string;
  readonly found?: string;
}

export type FaultDetail = Omit<Fault, 'fault' | 'message'>;

/** The most characters of a value from outside that are shown. */
const SHOWN_MAX = 200;

export function fault(code: FaultCode, given: FaultDetail = {}): Fault {
  // The name of an unknown field also came from outside.
  const detail =
    given.field === undefined
      ? given
      : { ...given, field: cut(escaped(given.field.slice(0, SHOWN_MAX + 1))) };
  const where = [
    detail.index === undefined ? undefined : `block ${detail.index}`,
    detail.sequence === undefined ? undefined : `entry ${detail.sequence}`,
  ].filter((part) => part !== undefined);
  const place = where.length === 0 ? 'it' : where.join(', ');
  const compared = [
    detail.expected === undefined ? undefined : `expected ${detail.expected}`,
    detail.found === undefined ? undefined : `found ${detail.found}`,
  ].filter((part) => part !== undefined);
  const facts = [detail.field, compared.length === 0 ? undefined : compared.join(', ')].filter(
    (part) => part !== undefined,
  );
  const shownFacts = facts.length === 0 ? '' : ` (${facts.join(': ')})`;
  return { fault: code, message: `${place} ${FAULT_CODES[code]}${shownFacts}`, ...detail };
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'fault' in value;
}

/** Formats a value from outside as short text: truncated JSON. Never throws, however large or deep the value is. */
export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : cut(sketch(value, SHOWN_MAX));
}

/** JSON text whose first `room` characters are correct; it goes no deeper and hardly any further than those. */
function sketch(value: unknown, room: number): string {
  if (room < 0) return '';
  if (typeof value === 'string') return `"${escaped(value.slice(0, room + 1))}"`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return sketchArray(value, room);
  const items = value as Fields;
  let text = '{';
  for (const key in items) {
    if (text.length > room) return text;
    if (text.length > 1) text += ',';
    text += `${sketch(key, room - text.length)}:`;
    text += sketch(items[key], room - text.length);
  }
  return `${text}}`;
}

/** By index: for-in would first list the keys of all items as strings, however few are shown. */
function sketchArray(items: readonly unknown[], room: number): string {
  let text = '[';
  for (let place = 0; place < items.length; place++) {
    if (text.length > room) return text;
    if (place > 0) text += ',';
    text += sketch(items[place], room - text.length);
  }
  return `${text}]`;
}

/** Makes text safe to print: control characters and lone surrogates become JSON escapes. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function cut(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX).toWellFormed()}…` : text;
}
