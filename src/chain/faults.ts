/** Faults: what can be wrong with a chain that came from outside. A fault is a value, never an exception. */
import type { Fields } from './bytes/fields.js';

/** Each code, with what it says of the block or the upstream that shows it. */
export const FAULT_CODES = {
  MALFORMED: 'is not what the protocol describes: a field is missing, unknown, or of the wrong form',
  TOO_LARGE: 'is larger than any valid block can be',
  UNSUPPORTED: 'uses a part of the protocol that this version cannot check',
  VERSION_MISMATCH: 'has another protocol version',
  CHAIN_MISMATCH: 'belongs to another chain',
  CHAIN_MISSING: 'does not show a chain that it must have',
  CHAIN_ID_MISMATCH: 'has a contract that does not hash to the chain id',
  PRODUCER_MISMATCH: 'names another producer than the one that is pinned',
  INDEX_MISMATCH: 'does not follow its parent by index',
  PREVIOUS_HASH_MISMATCH: 'does not build on the verified block before it',
  TIMESTAMP_BACKWARDS: 'has a time before that of its parent or of an entry in it',
  TIMESTAMP_MISMATCH: 'is a genesis block with another time than the contract',
  TREE_SIZE_MISMATCH: 'has a tree size that does not fit its number of entries',
  TOO_MANY_ENTRIES: 'has more entries than the contract allows',
  ENTRY_MALFORMED: 'has an entry with a field that is missing, unknown, or of the wrong form',
  ENTRY_TIMESTAMP_BACKWARDS: 'has an entry with a time before that of its predecessor',
  ENTRY_ID_MISMATCH: 'has an entry whose id is not the hash of its leaf',
  FEE_MISMATCH: 'has a transfer that is not split as the contract says',
  NONCE_REUSED: 'has an entry whose nonce was used before',
  ADDRESS_MISMATCH: 'has an entry whose sender is not the address of its key',
  OVERDRAWN: 'has an entry that takes more from a wallet than is available in it',
  NOT_ISSUER: 'has an issue by another than the issuer that the contract names',
  NOT_RECIPIENT: 'has an answer to a hold by another than its recipient',
  NOT_PRODUCER: 'has a return that does not name the fee wallet as its sender',
  HOLD_TIME: 'has a hold that does not end after its time, or more than 366 days later',
  HOLD_UNKNOWN: 'has an entry that would end a hold which is not there',
  HOLD_ENDED: 'has an entry that would end a hold which has ended before',
  HOLD_EXPIRED: 'has an answer to a hold after its end',
  HOLD_NOT_EXPIRED: 'has a return of a hold before its end',
  HOLD_OVERDUE: 'has an entry more than 60,000 ms after the end of a hold that was not returned before it',
  INFORMATION_HASH_MISMATCH: 'has an information record that does not hash to what its leaf says',
  TREE_ROOT_MISMATCH: 'has a tree root that its entries do not give',
  HASH_MISMATCH: 'has a hash that its header does not give',
  BAD_SIGNATURE: 'has a signature that is not by the key that it names',
  FORKED: 'contradicts another block of the same index',
  TRUNCATED: 'ends before a block that was verified before',
  WALLET_MISMATCH: 'stores a wallet that the chain does not give',
  HOLD_MISMATCH: 'stores a hold that the chain does not give',
  SUPPLY_MISMATCH: 'stores a supply that the chain does not give',
  STORED_MISMATCH: 'stores something beside the chain that the chain does not give',
} as const;

export type FaultCode = keyof typeof FAULT_CODES;

/** Where a fault is and what was wrong there. `expected` and `found` are texts for people. */
export interface Fault {
  readonly fault: FaultCode;
  readonly message: string;
  /** the block's index, where it is known */
  readonly index?: number;
  /** the entry's sequence, where an entry is at fault */
  readonly sequence?: number;
  readonly field?: string;
  readonly expected?: string;
  readonly found?: string;
}

export type FaultDetail = Omit<Fault, 'fault' | 'message'>;

/** The most characters of a value from outside that are shown. */
const SHOWN_MAX = 200;

export function fault(code: FaultCode, given: FaultDetail = {}): Fault {
  // An unknown field's name came from outside as well.
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

/** A value from outside as a short text: JSON, cut off. Never throws, however large or deep the value is. */
export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : cut(sketch(value, SHOWN_MAX));
}

/** JSON text of which the first `room` characters are right; no deeper and hardly longer than those. */
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

/** By index: for-in would first list the keys of all the items as texts, however few are shown. */
function sketchArray(items: readonly unknown[], room: number): string {
  let text = '[';
  for (let place = 0; place < items.length; place++) {
    if (text.length > room) return text;
    if (place > 0) text += ',';
    text += sketch(items[place], room - text.length);
  }
  return `${text}]`;
}

/** Safe to print: control characters and lone surrogates as JSON escapes. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function cut(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX).toWellFormed()}…` : text;
}
