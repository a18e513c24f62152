/** Entries: transactions and information records with their leaves and ids (protocol, section 3). */
import { hashHex, parseHash, toHex, type Hash } from '../bytes/bytes.js';
import type { Contract, TokenContract } from '../contract/contract.js';
import { isTokenContract, isTransaction, KINDS, type ChainKind } from '../contract/kinds.js';
import { INFORMATION_BYTES_MAX, isNonce, NONCE_EXPECTED, utf8Length } from './entry-fields.js';
import { fault, shown, type Fault } from '../faults.js';
import { asFields, isCount, unknownField, type Fields } from '../bytes/fields.js';
import { canonicalJson, JsonError } from '../bytes/json.js';
import { sha256 } from '../bytes/sha256.js';
import { erasureText, parseErasure, type Erasure } from './erasure.js';
import { leafText, parseTransaction, type EntryPlace, type Transaction } from './transaction.js';

/** The content of an information record's leaf. */
export interface InformationLeaf {
  readonly type: 'information';
  readonly informationHash: Hash;
  readonly nonce: string;
  readonly timestamp: number;
}

interface EntryBase {
  /** the leaf's canonical bytes, as text: the form that is hashed, stored and sent */
  readonly leafText: string;
  /** SHA-256(0x00 ‖ leaf bytes), 32 bytes: the RFC 6962 leaf hash */
  readonly id: Uint8Array;
}

export interface TransactionEntry extends EntryBase {
  readonly kind: 'token';
  readonly transaction: Transaction;
}

/** An entry of an information chain: a record, or the erasure of one. */
export interface InformationEntry extends EntryBase {
  readonly kind: 'information';
  readonly leaf: InformationLeaf | Erasure;
  /** undefined once erased: the leaf alone keeps the chain intact. An erasure never has any. */
  readonly content: InformationContent | undefined;
}

/** The content that an information record's leaf only names by its hash. */
export interface InformationContent {
  /** canonical JSON (RFC 8785) */
  readonly text: string;
  /** 16 bytes as 32 lower-case hex digits */
  readonly salt: string;
}

export type Entry = TransactionEntry | InformationEntry;

/** The fields of an entry's leaf. */
export function leafOf(entry: Entry): Transaction | InformationLeaf | Erasure {
  return isTransaction(entry) ? entry.transaction : entry.leaf;
}

/** Whose nonce an entry has: its sender's, and the chain's own ('') on an information chain. */
export function senderOf(entry: Entry): string {
  return isTransaction(entry) ? entry.transaction.sender : '';
}

/** The content of an information record; undefined if it was erased, and for all other entries. */
export function contentIn(entry: Entry): InformationContent | undefined {
  return isTransaction(entry) ? undefined : entry.content;
}

/** id = SHA-256(0x00 ‖ leaf bytes). */
export function entryId(leafText: string): Uint8Array {
  return sha256(`\0${leafText}`);
}

/** The canonical bytes of an information record's leaf, as text. */
export function informationText(leaf: Omit<InformationLeaf, 'type'>): string {
  return `{"information_hash":"${leaf.informationHash}","nonce":"${leaf.nonce}","timestamp":${leaf.timestamp},"type":"information"}`;
}

export function transactionEntry(transaction: Transaction, contract: TokenContract): TransactionEntry {
  return entryOfText(transaction, leafText(transaction, contract));
}

function entryOfText(transaction: Transaction, text: string): TransactionEntry {
  return { kind: 'token', transaction, leafText: text, id: entryId(text) };
}

export function informationEntry(
  { informationHash, nonce, timestamp }: Omit<InformationLeaf, 'type'>,
  content: InformationContent | undefined,
): InformationEntry {
  const leaf = { type: 'information', informationHash, nonce, timestamp } as const;
  const leafText = informationText(leaf);
  return { kind: 'information', leaf, content, leafText, id: entryId(leafText) };
}

export function erasureEntry(leaf: Erasure): InformationEntry {
  const leafText = erasureText(leaf);
  return { kind: 'information', leaf, content: undefined, leafText, id: entryId(leafText) };
}

/** How an erasure's canonical leaf begins, and no other leaf does. */
export const ERASURE_BEGIN = '{"erases":';

/** Whether an entry of an information chain is a record without its content. */
export function lacksContent(leafText: string, content: InformationContent | undefined): boolean {
  return content === undefined && !leafText.startsWith(ERASURE_BEGIN);
}

/** information_hash = SHA-256(salt ‖ JCS(information)); `text` is canonical already. */
export function informationHash({ text, salt }: InformationContent): Hash {
  const head = new Uint8Array(salt.length / 2);
  for (let i = 0; i < head.length; i++) head[i] = Number.parseInt(salt.slice(2 * i, 2 * i + 2), 16);
  const body = new TextEncoder().encode(text);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return hashHex(sha256(bytes));
}

/**
 * Returns the canonical text of an information record's JSON value.
 * @returns if it has none or is too long, what was expected, as the rest of a sentence after the field's name
 */
export function readInformation(value: unknown): { readonly text: string } | string {
  let text: string;
  try {
    text = canonicalJson(value);
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
  return utf8Length(text) > INFORMATION_BYTES_MAX
    ? `must be at most ${INFORMATION_BYTES_MAX} bytes as canonical JSON`
    : { text };
}

/** Information and salt from outside; undefined if they are not well-formed. Whether they match a leaf is not checked. */
export function contentOf(information: unknown, salt: unknown): InformationContent | undefined {
  if (information === undefined || typeof salt !== 'string' || !SALT.test(salt)) return undefined;
  const read = readInformation(information);
  return typeof read === 'string' ? undefined : { text: read.text, salt };
}

/** An entry's wire form as JSON text: the leaf's fields, the id, and an information record's content. */
export function entryWireText(
  leafText: string,
  idHex: string,
  kind: ChainKind,
  content: InformationContent | undefined,
): string {
  const head = `${leafText.slice(0, -1)},"id":"${idHex}"`;
  if (KINDS[kind].hasBooks) return `${head}}`;
  if (content !== undefined) return `${head},"information":${content.text},"salt":"${content.salt}"}`;
  return lacksContent(leafText, content) ? `${head},"erased":true}` : `${head}}`;
}

/**
 * Parses an entry from outside and checks everything that needs no other entry, in this order: the fields' forms, the
 * id against the canonical bytes of the leaf as received, the fee split or the information's hash.
 */
export function parseEntry(value: unknown, contract: Contract, place: EntryPlace = {}): Entry | Fault {
  const fields = asFields(value);
  if (fields === undefined) return malformed(place, 'entry', 'an object', value);
  return isTokenContract(contract)
    ? parseTransactionEntry(fields, contract, place)
    : parseInformation(fields, place);
}

function parseTransactionEntry(
  fields: Fields,
  contract: TokenContract,
  place: EntryPlace,
): TransactionEntry | Fault {
  const parsed = parseTransaction(fields, contract, place);
  if ('fault' in parsed) return parsed;
  const entry = entryOfText(parsed.transaction, parsed.leafText);
  return checkId(fields, entry.id, place) ?? parsed.wrong ?? entry;
}

function checkId(fields: Fields, id: Uint8Array, place: EntryPlace): Fault | undefined {
  const expected = toHex(id);
  if (fields.id === expected) return undefined;
  const found = parseHash(fields.id);
  if (found === undefined) return malformed(place, 'id', '64 lower-case hex digits', fields.id);
  return fault('ENTRY_ID_MISMATCH', { ...place, field: 'id', expected, found });
}

const INFORMATION_FIELDS = new Set([
  'erased',
  'id',
  'information',
  'information_hash',
  'nonce',
  'salt',
  'timestamp',
  'type',
]);
const SALT = /^[0-9a-f]{32}$/;

function parseInformation(fields: Fields, place: EntryPlace): InformationEntry | Fault {
  if (fields.type === 'erasure') return parseErasureEntry(fields, place);
  if (fields.type !== 'information') {
    return malformed(place, 'type', '"information" or "erasure"', fields.type);
  }
  const extra = unknownField(fields, INFORMATION_FIELDS);
  if (extra !== undefined) return malformed(place, extra, 'no such field', fields[extra]);
  const { nonce, timestamp } = fields;
  const hash = parseHash(fields.information_hash);
  if (hash === undefined) {
    return malformed(place, 'information_hash', '64 lower-case hex digits', fields.information_hash);
  }
  if (!isNonce(nonce)) return malformed(place, 'nonce', NONCE_EXPECTED, nonce);
  if (!isCount(timestamp)) return malformed(place, 'timestamp', 'milliseconds since 1970', timestamp);
  const content = parseContent(fields, place);
  if (content !== undefined && 'fault' in content) return content;
  const entry = informationEntry({ informationHash: hash, nonce, timestamp }, content);
  return checkId(fields, entry.id, place) ?? checkContent(hash, content, place) ?? entry;
}

function parseErasureEntry(fields: Fields, place: EntryPlace): InformationEntry | Fault {
  const erasure = parseErasure(fields, place);
  if ('fault' in erasure) return erasure;
  const entry = erasureEntry(erasure);
  return checkId(fields, entry.id, place) ?? entry;
}

function checkContent(
  found: Hash,
  content: InformationContent | undefined,
  place: EntryPlace,
): Fault | undefined {
  if (content === undefined) return undefined;
  const expected = informationHash(content);
  if (found === expected) return undefined;
  return fault('INFORMATION_HASH_MISMATCH', { ...place, field: 'information_hash', expected, found });
}

/** Either information and salt, or `"erased": true`; never a mixture. */
function parseContent(fields: Fields, place: EntryPlace): InformationContent | Fault | undefined {
  if ('erased' in fields) {
    if (fields.erased === true && !('information' in fields) && !('salt' in fields)) return undefined;
    return malformed(place, 'erased', 'true, without information and salt', fields.erased);
  }
  const { salt } = fields;
  if (typeof salt !== 'string' || !SALT.test(salt)) {
    return malformed(place, 'salt', '32 lower-case hex digits', salt);
  }
  if (!('information' in fields)) return malformed(place, 'information', 'a JSON value', undefined);
  const information = readInformation(fields.information);
  // What it is instead is not shown: faults are logged and kept, and a record may be erased.
  return typeof information === 'string'
    ? fault('ENTRY_MALFORMED', { ...place, field: 'information', expected: information })
    : { text: information.text, salt };
}

function malformed(place: EntryPlace, field: string, expected: string, found: unknown): Fault {
  return fault('ENTRY_MALFORMED', { ...place, field, expected, found: shown(found) });
}
