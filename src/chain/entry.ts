/** Entries: transactions and information records, their leaves, their ids (protocol, section 3). */
import { formatAmount, parseAmount, splitFee, type Units } from './amount.js';
import { hashHex, parseHash, toHex, type Hash } from './bytes.js';
import type { Contract, TokenContract } from './contract.js';
import {
  INFORMATION_BYTES_MAX,
  isMemo,
  isName,
  isNonce,
  MEMO_EXPECTED,
  NAME_EXPECTED,
  NONCE_EXPECTED,
  utf8Length,
} from './entry-fields.js';
import { fault, shown, type Fault, type FaultDetail } from './faults.js';
import { asFields, isCount, unknownField, type Fields } from './fields.js';
import { canonicalJson, JsonError } from './json.js';
import { sha256 } from './sha256.js';

/** What a transfer says. Amounts are in units; time is in milliseconds since 1970-01-01 UTC. */
export interface Transfer {
  readonly sender: string;
  readonly recipient: string;
  readonly send: Units;
  readonly receive: Units;
  readonly fee: Units;
  readonly nonce: string;
  readonly timestamp: number;
  readonly memo?: string;
}

/** What an information record's leaf says. */
export interface InformationLeaf {
  readonly informationHash: Hash;
  readonly nonce: string;
  readonly timestamp: number;
}

interface EntryBase {
  /** the leaf's canonical bytes, as text: what is hashed, stored and sent */
  readonly leafText: string;
  /** SHA-256(0x00 ‖ leaf bytes), 32 bytes: the RFC 6962 leaf hash */
  readonly id: Uint8Array;
}

export interface TransactionEntry extends EntryBase {
  readonly kind: 'token';
  readonly transfer: Transfer;
}

export interface InformationEntry extends EntryBase {
  readonly kind: 'information';
  readonly leaf: InformationLeaf;
  /** undefined once it was erased: the leaf alone keeps the chain whole */
  readonly content: InformationContent | undefined;
}

/** What an information record's leaf only names by its hash. */
export interface InformationContent {
  /** canonical JSON (RFC 8785) */
  readonly text: string;
  /** 16 bytes as 32 lower-case hex digits */
  readonly salt: string;
}

export type Entry = TransactionEntry | InformationEntry;

/** id = SHA-256(0x00 ‖ leaf bytes). */
export function entryId(leafText: string): Uint8Array {
  return sha256(`\0${leafText}`);
}

/**
 * The canonical bytes (RFC 8785) of a transfer's leaf, as text. Written by template: keys in their canonical
 * order, and `JSON.stringify` of a well-formed string is its canonical form (RFC 8785, section 3.2.2.2).
 */
export function transferText(transfer: Transfer, contract: TokenContract): string {
  return transferLeafText(transfer, splitJson(transfer, contract));
}

/** The fields of a transfer's leaf that follow from its amount and the contract, as they are on the wire. */
interface SplitJson {
  readonly amount_bpsc: string;
  readonly amount_receive: string;
  readonly amount_send: string;
  readonly bpsc: string;
}

type Split = Pick<Transfer, 'send' | 'receive' | 'fee'>;

function splitJson({ send, receive, fee }: Split, contract: TokenContract): SplitJson {
  const amount = (units: Units): string => formatAmount(units, contract.decimals);
  return {
    amount_bpsc: amount(fee),
    amount_receive: amount(receive),
    amount_send: amount(send),
    bpsc: contract.feeWallet,
  };
}

function transferLeafText(transfer: Transfer, split: SplitJson): string {
  const memo = transfer.memo === undefined ? '' : `"memo":${JSON.stringify(transfer.memo)},`;
  return (
    `{"amount_bpsc":"${split.amount_bpsc}","amount_receive":"${split.amount_receive}",` +
    `"amount_send":"${split.amount_send}","bpsc":${JSON.stringify(split.bpsc)},` +
    `${memo}"nonce":"${transfer.nonce}","recipient":${JSON.stringify(transfer.recipient)},` +
    `"sender":${JSON.stringify(transfer.sender)},"timestamp":${transfer.timestamp},"type":"transfer"}`
  );
}

/** The canonical bytes of an information record's leaf, as text. */
export function informationText(leaf: InformationLeaf): string {
  return `{"information_hash":"${leaf.informationHash}","nonce":"${leaf.nonce}","timestamp":${leaf.timestamp},"type":"information"}`;
}

export function transactionEntry(transfer: Transfer, contract: TokenContract): TransactionEntry {
  const leafText = transferText(transfer, contract);
  return { kind: 'token', transfer, leafText, id: entryId(leafText) };
}

export function informationEntry(
  leaf: InformationLeaf,
  content: InformationContent | undefined,
): InformationEntry {
  const leafText = informationText(leaf);
  return { kind: 'information', leaf, content, leafText, id: entryId(leafText) };
}

/** information_hash = SHA-256(salt ‖ JCS(information)); `text` is already canonical. */
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
 * The canonical text of an information record.
 * @returns a sentence that says what was expected, when it has none or is too long
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

/** An entry's wire form as JSON text: its leaf, its id, and what goes beside the leaf. */
export function entryWireText(
  leafText: string,
  idHex: string,
  kind: Contract['kind'],
  content: InformationContent | undefined,
): string {
  const head = `${leafText.slice(0, -1)},"id":"${idHex}"`;
  if (kind === 'token') return `${head}}`;
  return content === undefined
    ? `${head},"erased":true}`
    : `${head},"information":${content.text},"salt":"${content.salt}"}`;
}

/** Where an entry stands, for the fault that it may be. */
export type EntryPlace = Pick<FaultDetail, 'index' | 'sequence'>;

/**
 * The entry in a value from outside, with everything checked that needs no other entry, in this order: the
 * forms, the id against the canonical bytes of the leaf as it came, the fee split or the information's hash.
 */
export function parseEntry(value: unknown, contract: Contract, place: EntryPlace = {}): Entry | Fault {
  const fields = asFields(value);
  if (fields === undefined) return malformed(place, 'entry', 'an object', value);
  return contract.kind === 'token'
    ? parseTransaction(fields, contract, place)
    : parseInformation(fields, place);
}

function checkId(fields: Fields, id: Uint8Array, place: EntryPlace): Fault | undefined {
  const expected = toHex(id);
  if (fields.id === expected) return undefined;
  const found = parseHash(fields.id);
  if (found === undefined) return malformed(place, 'id', '64 lower-case hex digits', fields.id);
  return fault('ENTRY_ID_MISMATCH', { ...place, field: 'id', expected, found });
}

const TRANSFER_FIELDS = new Set([
  'amount_bpsc',
  'amount_receive',
  'amount_send',
  'bpsc',
  'id',
  'memo',
  'nonce',
  'recipient',
  'sender',
  'timestamp',
  'type',
]);

function parseTransaction(
  fields: Fields,
  contract: TokenContract,
  place: EntryPlace,
): TransactionEntry | Fault {
  if (fields.type !== 'transfer') return malformed(place, 'type', '"transfer"', fields.type);
  const extra = unknownField(fields, TRANSFER_FIELDS);
  if (extra !== undefined) return malformed(place, extra, 'no such field', fields[extra]);
  const { sender, recipient, nonce, timestamp, memo } = fields;
  if (!isName(sender)) return malformed(place, 'sender', NAME_EXPECTED, sender);
  if (!isName(recipient)) return malformed(place, 'recipient', NAME_EXPECTED, recipient);
  if (sender === recipient) return malformed(place, 'recipient', 'another than the sender', recipient);
  if (!isNonce(nonce)) return malformed(place, 'nonce', NONCE_EXPECTED, nonce);
  if (!isCount(timestamp)) return malformed(place, 'timestamp', 'milliseconds since 1970', timestamp);
  if ('memo' in fields && !isMemo(memo)) return malformed(place, 'memo', MEMO_EXPECTED, memo);
  const sent = fields.amount_send;
  const send = typeof sent === 'string' ? parseAmount(sent, contract.decimals) : undefined;
  if (send === undefined) return malformed(place, 'amount_send', AMOUNT_EXPECTED, sent);
  const terms = { sender, recipient, nonce, timestamp, send, ...splitFee(send, contract.feeRate) };
  const transfer: Transfer = isMemo(memo) ? { ...terms, memo } : terms;
  const expected = splitJson(transfer, contract);
  const found = parseSplit(fields, expected, contract, place);
  if ('fault' in found) return found;
  const leafText = transferLeafText(transfer, found);
  const id = entryId(leafText);
  const wrong = checkId(fields, id, place) ?? checkSplit(found, expected, transfer, place);
  return wrong ?? { kind: 'token', transfer, leafText, id };
}

const AMOUNT_EXPECTED = 'a decimal string in shortest form';

/** The fields that the contract decides: their forms, not yet whether they are as expected. */
function parseSplit(
  fields: Fields,
  expected: SplitJson,
  { decimals }: TokenContract,
  place: EntryPlace,
): SplitJson | Fault {
  const { amount_bpsc, amount_receive, bpsc } = fields;
  // What is as expected has its form: the usual case is decided by three comparisons.
  const isAmount = (value: unknown, usual: string): value is string =>
    value === usual || (typeof value === 'string' && parseAmount(value, decimals) !== undefined);
  const isWallet = (value: unknown): value is string => value === expected.bpsc || isName(value);
  if (!isAmount(amount_bpsc, expected.amount_bpsc)) {
    return malformed(place, 'amount_bpsc', AMOUNT_EXPECTED, amount_bpsc);
  }
  if (!isAmount(amount_receive, expected.amount_receive)) {
    return malformed(place, 'amount_receive', AMOUNT_EXPECTED, amount_receive);
  }
  if (!isWallet(bpsc)) return malformed(place, 'bpsc', NAME_EXPECTED, bpsc);
  return { amount_bpsc, amount_receive, amount_send: expected.amount_send, bpsc };
}

/** The fields that the contract decides, against what it says. */
function checkSplit(
  found: SplitJson,
  expected: SplitJson,
  { receive }: Transfer,
  place: EntryPlace,
): Fault | undefined {
  for (const field of ['amount_bpsc', 'amount_receive', 'bpsc'] as const) {
    if (found[field] === expected[field]) continue;
    const detail = { field, expected: expected[field], found: found[field] };
    return fault('FEE_MISMATCH', { ...place, ...detail });
  }
  if (receive > 0n) return undefined;
  return fault('FEE_MISMATCH', {
    ...place,
    field: 'amount_receive',
    expected: 'more than zero',
    found: found.amount_receive,
  });
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
  if (fields.type !== 'information') return malformed(place, 'type', '"information"', fields.type);
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
  return checkId(fields, entry.id, place) ?? checkContent(entry, place) ?? entry;
}

function checkContent({ leaf, content }: InformationEntry, place: EntryPlace): Fault | undefined {
  if (content === undefined) return undefined;
  const [found, expected] = [leaf.informationHash, informationHash(content)];
  if (found === expected) return undefined;
  return fault('INFORMATION_HASH_MISMATCH', { ...place, field: 'information_hash', expected, found });
}

/** Either information and salt, or `"erased": true`; never something of both. */
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
  return typeof information === 'string'
    ? malformed(place, 'information', information, fields.information)
    : { text: information.text, salt };
}

function malformed(place: EntryPlace, field: string, expected: string, found: unknown): Fault {
  return fault('ENTRY_MALFORMED', { ...place, field, expected, found: shown(found) });
}
