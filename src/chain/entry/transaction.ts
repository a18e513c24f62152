/**
 * The transactions of a token chain: their fields, their leaves, and the text that a holder signs (protocol, sections 3
 * and 7).
 */
import { formatAmount, parseAmount, splitFee, type FeeSplit, type Units } from './amount.js';
import { ADDRESS_EXPECTED } from './address.js';
import {
  parseHash,
  parsePublicKey,
  parseSignature,
  type Hash,
  type PublicKey,
  type Signature,
} from '../bytes/bytes.js';
import type { TokenContract } from '../contract/contract.js';
import { isMemo, isNonce, MEMO_EXPECTED, NAME_EXPECTED, NONCE_EXPECTED } from './entry-fields.js';
import { readMetadata } from './metadata.js';
import { fault, shown, type Fault, type FaultDetail } from '../faults.js';
import { isCount, unknownField, type Fields } from '../bytes/fields.js';
import { isWalletName, type WalletPolicy } from '../contract/wallet-policy.js';

interface TransactionBase {
  /** the wallet that makes it */
  readonly sender: string;
  readonly nonce: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
}

/** A holder's proof, under the policy `signed`, that it owns a wallet. */
export interface Proof {
  readonly publicKey: PublicKey;
  readonly signature: Signature;
}

interface HolderBase extends TransactionBase {
  /** undefined under the policy `open` */
  readonly proof?: Proof | undefined;
}

/** Amounts are in units. With `holdUntil` it is a hold: the BPSC keeps `send` until the recipient answers. */
export interface Transfer extends HolderBase, FeeSplit {
  readonly type: 'transfer';
  readonly recipient: string;
  readonly send: Units;
  readonly memo?: string | undefined;
  /** canonical JSON of an object */
  readonly metadata?: string | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly holdUntil?: number | undefined;
}

/** New tokens, issued by the contract's issuer. */
export interface Issue extends HolderBase {
  readonly type: 'issue';
  readonly recipient: string;
  readonly send: Units;
}

/** The recipient's answer to a hold. */
export interface Answer extends HolderBase {
  readonly type: 'accept' | 'decline';
  /** the id of the hold */
  readonly transfer: Hash;
}

/** The producer's return of a hold that nobody answered. */
export interface Return extends TransactionBase {
  readonly type: 'return';
  readonly transfer: Hash;
}

/** The transactions that a holder makes, and signs under the policy `signed`. */
export type HolderTransaction = Transfer | Issue | Answer;
export type Transaction = HolderTransaction | Return;

/** An entry's position, for a fault. */
export type EntryPlace = Pick<FaultDetail, 'index' | 'sequence'>;

const SIGNING_CONTEXT = 'bpsc/transaction/v1\n';
const AMOUNT_EXPECTED = 'a decimal string in shortest form';

/**
 * The text that a holder signs: `"bpsc/transaction/v1\n" ‖ JCS(x)`, where x is the holder's part of the leaf and the
 * chain id (protocol, section 7). It contains nothing that the producer decides: neither the time nor the fee.
 */
export function holderText(transaction: HolderTransaction, contract: TokenContract, chain: Hash): string {
  const { nonce, sender } = transaction;
  const by = `"nonce":"${nonce}",`;
  const from = `"sender":${JSON.stringify(sender)},`;
  if ('transfer' in transaction) {
    const { transfer, type } = transaction;
    return `${SIGNING_CONTEXT}{"chain":"${chain}",${by}${from}"transfer":"${transfer}","type":"${type}"}`;
  }
  const { recipient, send, type } = transaction;
  const amount = `"amount_send":"${formatAmount(send, contract.decimals)}",`;
  const extra =
    type === 'transfer' ? holdText(transaction) + memoText(transaction) + metadataText(transaction) : '';
  const to = `"recipient":${JSON.stringify(recipient)},`;
  return `${SIGNING_CONTEXT}{${amount}"chain":"${chain}",${extra}${by}${to}${from}"type":"${type}"}`;
}

/**
 * The canonical bytes (RFC 8785) of a transaction's leaf, as text. Written by template: keys are in their canonical
 * order, and `JSON.stringify` of a well-formed string is its canonical form (RFC 8785, section 3.2.2.2).
 */
export function leafText(transaction: Transaction, contract: TokenContract): string {
  switch (transaction.type) {
    case 'transfer':
      return transferText(transaction, splitJson(transaction, contract));
    case 'issue': {
      const { nonce, recipient, send, sender, timestamp } = transaction;
      return (
        `{"amount_send":"${formatAmount(send, contract.decimals)}","nonce":"${nonce}",${keyText(transaction)}` +
        `"recipient":${JSON.stringify(recipient)},"sender":${JSON.stringify(sender)},${signatureText(transaction)}` +
        `"timestamp":${timestamp},"type":"issue"}`
      );
    }
    case 'accept':
    case 'decline': {
      const { nonce, sender, timestamp, transfer, type } = transaction;
      return (
        `{"nonce":"${nonce}",${keyText(transaction)}"sender":${JSON.stringify(sender)},${signatureText(transaction)}` +
        `"timestamp":${timestamp},"transfer":"${transfer}","type":"${type}"}`
      );
    }
    case 'return': {
      const { nonce, sender, timestamp, transfer } = transaction;
      return (
        `{"nonce":"${nonce}","reason":"expired","sender":${JSON.stringify(sender)},` +
        `"timestamp":${timestamp},"transfer":"${transfer}","type":"return"}`
      );
    }
  }
}

/** The fields of a transfer's leaf that follow from its amount and the contract, as they are on the wire. */
interface SplitJson {
  readonly amount_bpsc: string;
  readonly amount_receive: string;
  readonly amount_send: string;
  readonly bpsc: string;
}

function splitJson({ send, receive, fee }: Transfer, contract: TokenContract): SplitJson {
  const amount = (units: Units): string => formatAmount(units, contract.decimals);
  return {
    amount_bpsc: amount(fee),
    amount_receive: amount(receive),
    amount_send: amount(send),
    bpsc: contract.feeWallet,
  };
}

function transferText(transfer: Transfer, split: SplitJson): string {
  return (
    `{"amount_bpsc":"${split.amount_bpsc}","amount_receive":"${split.amount_receive}",` +
    `"amount_send":"${split.amount_send}","bpsc":${JSON.stringify(split.bpsc)},` +
    `${holdText(transfer)}${memoText(transfer)}${metadataText(transfer)}"nonce":"${transfer.nonce}",${keyText(transfer)}` +
    `"recipient":${JSON.stringify(transfer.recipient)},"sender":${JSON.stringify(transfer.sender)},` +
    `${signatureText(transfer)}"timestamp":${transfer.timestamp},"type":"transfer"}`
  );
}

function holdText({ holdUntil }: Transfer): string {
  return holdUntil === undefined ? '' : `"hold_until":${holdUntil},`;
}

function memoText({ memo }: Transfer): string {
  return memo === undefined ? '' : `"memo":${JSON.stringify(memo)},`;
}

function metadataText({ metadata }: Transfer): string {
  return metadata === undefined ? '' : `"metadata":${metadata},`;
}

function keyText({ proof }: HolderBase): string {
  return proof === undefined ? '' : `"public_key":"${proof.publicKey}",`;
}

function signatureText({ proof }: HolderBase): string {
  return proof === undefined ? '' : `"signature":"${proof.signature}",`;
}

const COMMON_FIELDS = ['id', 'nonce', 'sender', 'timestamp', 'type'];
const PROOF_FIELDS = ['public_key', 'signature'];
const TYPE_FIELDS = {
  transfer: [
    'amount_bpsc',
    'amount_receive',
    'amount_send',
    'bpsc',
    'hold_until',
    'memo',
    'metadata',
    'recipient',
  ],
  issue: ['amount_send', 'recipient'],
  accept: ['transfer'],
  decline: ['transfer'],
  return: ['reason', 'transfer'],
} as const;

type TransactionType = Transaction['type'];

const KNOWN_FIELDS: Record<WalletPolicy, Record<TransactionType, ReadonlySet<string>>> = {
  open: knownFields([]),
  signed: knownFields(PROOF_FIELDS),
};

function knownFields(proof: readonly string[]): Record<TransactionType, ReadonlySet<string>> {
  const all = (type: TransactionType): ReadonlySet<string> =>
    new Set([...COMMON_FIELDS, ...TYPE_FIELDS[type], ...(type === 'return' ? [] : proof)]);
  return {
    transfer: all('transfer'),
    issue: all('issue'),
    accept: all('accept'),
    decline: all('decline'),
    return: all('return'),
  };
}

/** A well-formed transaction from outside, with the canonical bytes of its leaf as received. */
export interface ParsedTransaction {
  readonly transaction: Transaction;
  readonly leafText: string;
  /** a fault other than a malformed field, reported after a wrong id: a fee split that differs from the contract's */
  readonly wrong: Fault | undefined;
}

/** Parses the fields of a transaction. It checks no signature, and nothing that needs another entry. */
export function parseTransaction(
  fields: Fields,
  contract: TokenContract,
  place: EntryPlace,
): ParsedTransaction | Fault {
  const { type, sender, nonce, timestamp } = fields;
  const { policy } = contract.wallets;
  if (!isType(type)) return malformed(place, 'type', TYPE_EXPECTED, type);
  const extra = unknownField(fields, KNOWN_FIELDS[policy][type]);
  if (extra !== undefined) return malformed(place, extra, 'no such field', fields[extra]);
  if (!isWalletName(sender, policy)) return malformed(place, 'sender', WALLET_EXPECTED[policy], sender);
  if (!isNonce(nonce)) return malformed(place, 'nonce', NONCE_EXPECTED, nonce);
  if (!isCount(timestamp)) return malformed(place, 'timestamp', 'milliseconds since 1970', timestamp);
  const base = { sender, nonce, timestamp };
  if (type === 'return') return parseReturn(fields, base, contract, place);
  const proof = policy === 'open' ? undefined : parseProof(fields, place);
  if (proof !== undefined && 'fault' in proof) return proof;
  const holder = proof === undefined ? base : { ...base, proof };
  switch (type) {
    case 'transfer':
      return parseTransfer(fields, holder, contract, place);
    case 'issue':
      return parseIssue(fields, holder, contract, place);
    case 'accept':
    case 'decline': {
      const transfer = parseHash(fields.transfer);
      if (transfer === undefined) return malformed(place, 'transfer', ID_EXPECTED, fields.transfer);
      return parsed({ type, ...holder, transfer }, contract);
    }
  }
}

/** Parses the leaf of a transaction that was verified earlier; undefined if it isn't a transaction. */
export function parseLeaf(text: string, contract: TokenContract): Transaction | undefined {
  const parsed = parseTransaction(JSON.parse(text) as Fields, contract, {});
  return 'fault' in parsed ? undefined : parsed.transaction;
}

const TYPE_EXPECTED = Object.keys(TYPE_FIELDS)
  .map((type) => `"${type}"`)
  .join(', ');
const ID_EXPECTED = '64 lower-case hex digits';
/** The rest of the sentence after the field's name in a refusal of a sender or a recipient. */
export const WALLET_EXPECTED = { open: NAME_EXPECTED, signed: ADDRESS_EXPECTED } as const;

function isType(value: unknown): value is TransactionType {
  return typeof value === 'string' && Object.hasOwn(TYPE_FIELDS, value);
}

function parsed(transaction: Transaction, contract: TokenContract): ParsedTransaction {
  return { transaction, leafText: leafText(transaction, contract), wrong: undefined };
}

function parseProof(fields: Fields, place: EntryPlace): Proof | Fault {
  const publicKey = parsePublicKey(fields.public_key);
  if (publicKey === undefined) return malformed(place, 'public_key', ID_EXPECTED, fields.public_key);
  const signature = parseSignature(fields.signature);
  if (signature === undefined) {
    return malformed(place, 'signature', '128 lower-case hex digits', fields.signature);
  }
  return { publicKey, signature };
}

function parseReturn(
  fields: Fields,
  base: TransactionBase,
  contract: TokenContract,
  place: EntryPlace,
): ParsedTransaction | Fault {
  const transfer = parseHash(fields.transfer);
  if (transfer === undefined) return malformed(place, 'transfer', ID_EXPECTED, fields.transfer);
  if (fields.reason !== 'expired') return malformed(place, 'reason', '"expired"', fields.reason);
  return parsed({ type: 'return', ...base, transfer }, contract);
}

/** Parses the recipient and the amount of a transfer or an issue. */
function parseMove(
  fields: Fields,
  { sender }: HolderBase,
  { decimals, wallets }: TokenContract,
  place: EntryPlace,
): { readonly recipient: string; readonly send: Units } | Fault {
  const { recipient, amount_send: amount } = fields;
  if (!isWalletName(recipient, wallets.policy)) {
    return malformed(place, 'recipient', WALLET_EXPECTED[wallets.policy], recipient);
  }
  if (sender === recipient) return malformed(place, 'recipient', 'a wallet other than the sender', recipient);
  const send = typeof amount === 'string' ? parseAmount(amount, decimals) : undefined;
  if (send === undefined) return malformed(place, 'amount_send', AMOUNT_EXPECTED, amount);
  return { recipient, send };
}

function parseIssue(
  fields: Fields,
  base: HolderBase,
  contract: TokenContract,
  place: EntryPlace,
): ParsedTransaction | Fault {
  const move = parseMove(fields, base, contract, place);
  if ('fault' in move) return move;
  if (move.send === 0n) return malformed(place, 'amount_send', 'more than zero', fields.amount_send);
  return parsed({ type: 'issue', ...base, ...move }, contract);
}

function parseTransfer(
  fields: Fields,
  base: HolderBase,
  contract: TokenContract,
  place: EntryPlace,
): ParsedTransaction | Fault {
  const { memo, hold_until: holdUntil } = fields;
  const move = parseMove(fields, base, contract, place);
  if ('fault' in move) return move;
  if ('memo' in fields && !isMemo(memo)) return malformed(place, 'memo', MEMO_EXPECTED, memo);
  if ('hold_until' in fields && !isCount(holdUntil)) {
    return malformed(place, 'hold_until', 'milliseconds since 1970', holdUntil);
  }
  const metadata = 'metadata' in fields ? readMetadata(fields.metadata) : undefined;
  if (typeof metadata === 'string') return malformed(place, 'metadata', metadata, fields.metadata);
  const { fee, receive } = splitFee(move.send, contract.feeRate);
  // Written out: spreading five objects into one would cost as much for each as building this one.
  const transaction: Transfer = {
    type: 'transfer',
    sender: base.sender,
    recipient: move.recipient,
    send: move.send,
    receive,
    fee,
    nonce: base.nonce,
    timestamp: base.timestamp,
    proof: base.proof,
    memo: isMemo(memo) ? memo : undefined,
    metadata: metadata?.text,
    holdUntil: isCount(holdUntil) ? holdUntil : undefined,
  };
  const expected = splitJson(transaction, contract);
  const found = parseSplit(fields, expected, contract, place);
  if ('fault' in found) return found;
  return {
    transaction,
    leafText: transferText(transaction, found),
    wrong: checkSplit(found, expected, transaction, place),
  };
}

/** Parses the fields that the contract decides; their values are not checked yet. */
function parseSplit(
  fields: Fields,
  expected: SplitJson,
  { decimals, wallets }: TokenContract,
  place: EntryPlace,
): SplitJson | Fault {
  const { amount_bpsc, amount_receive, bpsc } = fields;
  // An expected value is well-formed, too: three comparisons decide the usual case.
  const isAmount = (value: unknown, usual: string): value is string =>
    value === usual || (typeof value === 'string' && parseAmount(value, decimals) !== undefined);
  const isWallet = (value: unknown): value is string =>
    value === expected.bpsc || isWalletName(value, wallets.policy);
  if (!isAmount(amount_bpsc, expected.amount_bpsc)) {
    return malformed(place, 'amount_bpsc', AMOUNT_EXPECTED, amount_bpsc);
  }
  if (!isAmount(amount_receive, expected.amount_receive)) {
    return malformed(place, 'amount_receive', AMOUNT_EXPECTED, amount_receive);
  }
  if (!isWallet(bpsc)) return malformed(place, 'bpsc', WALLET_EXPECTED[wallets.policy], bpsc);
  return { amount_bpsc, amount_receive, amount_send: expected.amount_send, bpsc };
}

/** Checks the fields that the contract decides. */
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

function malformed(place: EntryPlace, field: string, expected: string, found: unknown): Fault {
  return fault('ENTRY_MALFORMED', { ...place, field, expected, found: shown(found) });
}
