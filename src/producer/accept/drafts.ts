/** Checked requests of clients, with their fees, before they have a time and a position in the chain. */
import { readAmount, splitFee, type Units } from '../../chain/entry/amount.js';
import type { Hash, PublicKey, Signature } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import {
  erasureEntry,
  informationEntry,
  informationHash,
  readInformation,
  transactionEntry,
  type Entry,
} from '../../chain/entry/entry.js';
import { erasureText, type Erasure } from '../../chain/entry/erasure.js';
import { newNameProblem } from '../../chain/contract/new-name.js';
import {
  leafText,
  parseLeaf,
  WALLET_EXPECTED,
  type Answer,
  type HolderTransaction,
  type Proof,
  type Transfer,
} from '../../chain/entry/transaction.js';
import { readMetadata } from '../../chain/entry/metadata.js';
import { isName } from '../../chain/entry/entry-fields.js';
import { isAddress } from '../../chain/entry/address.js';
import type { WalletPolicy } from '../../chain/contract/wallet-policy.js';
import { FieldErrors, type InvalidInput } from '../../ledger/errors.js';
import type { StoredEntry } from '../../ledger/store.js';

/** The fields that the producer adds to a draft. */
export interface Stamp {
  readonly nonce: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  /** 16 random bytes as 32 hex digits; only an information record needs it */
  readonly salt: string;
}

type Unstamped<T> = T extends unknown ? Omit<T, 'nonce' | 'timestamp'> : never;

export interface TransactionDraft {
  readonly type: 'transaction';
  readonly content: Unstamped<HolderTransaction>;
  /** the client's; undefined: the producer creates one */
  readonly nonce: string | undefined;
}

export interface InformationDraft {
  readonly type: 'record';
  /** canonical JSON */
  readonly text: string;
  readonly nonce: string | undefined;
}

export interface ErasureDraft {
  readonly type: 'erasure';
  /** the id of a record */
  readonly erases: Hash;
  readonly reason: string | undefined;
  readonly nonce: string | undefined;
}

export type Draft = TransactionDraft | InformationDraft | ErasureDraft;

/**
 * The fields common to all requests of a holder. The caller has checked the form of its fields, which is what
 * class-validator's rules on the DTOs do: here only the contract's rules are checked, and those between fields.
 */
interface HolderRequest {
  readonly sender: string;
  readonly nonce?: string | undefined;
  readonly public_key?: PublicKey | undefined;
  readonly signature?: Signature | undefined;
}

export interface IssueRequest extends HolderRequest {
  readonly recipient: string;
  readonly amount: string | number;
}

export interface TransferRequest extends IssueRequest {
  readonly memo?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly hold_until?: number | undefined;
}

export interface AnswerRequest extends HolderRequest {
  /** the id of the hold */
  readonly transfer: Hash;
}

/**
 * @param wrong the fields whose form is wrong; their values are not used, and the contract's rules add to them
 * @throws InvalidInput that names every field that is wrong by its form or by the contract
 */
export function draftTransfer(
  request: TransferRequest,
  contract: TokenContract,
  wrong = new FieldErrors(),
): TransactionDraft {
  const { memo, hold_until: holdUntil } = request;
  const holder = readHolder(request, contract, wrong);
  const move = readMove(request, contract, wrong);
  const { fee, receive } = splitFee(move.send, contract.feeRate);
  const metadata =
    request.metadata === undefined || wrong.has('metadata') ? undefined : readMetadata(request.metadata);
  if (typeof metadata === 'string') wrong.add('metadata', metadata);
  if (receive <= 0n) wrong.add('amount', 'is so small that nothing would be left after the fee');
  throwIfWrong(wrong, request);
  const content: Unstamped<Transfer> = {
    type: 'transfer',
    ...holder,
    ...move,
    fee,
    receive,
    memo,
    metadata: typeof metadata === 'object' ? metadata.text : undefined,
    holdUntil,
  };
  return { type: 'transaction', content, nonce: request.nonce };
}

/** As {@link draftTransfer}. */
export function draftIssue(
  request: IssueRequest,
  contract: TokenContract,
  wrong = new FieldErrors(),
): TransactionDraft {
  const holder = readHolder(request, contract, wrong);
  const move = readMove(request, contract, wrong);
  throwIfWrong(wrong, request);
  return { type: 'transaction', content: { type: 'issue', ...holder, ...move }, nonce: request.nonce };
}

/** As {@link draftTransfer}. */
export function draftAnswer(
  type: Answer['type'],
  request: AnswerRequest,
  contract: TokenContract,
  wrong = new FieldErrors(),
): TransactionDraft {
  const holder = readHolder(request, contract, wrong);
  throwIfWrong(wrong, request);
  return {
    type: 'transaction',
    content: { type, ...holder, transfer: request.transfer },
    nonce: request.nonce,
  };
}

/** As {@link draftTransfer}; refuses information that has no canonical form, or is too long. */
export function draftInformation(
  information: unknown,
  nonce: string | undefined,
  wrong = new FieldErrors(),
): InformationDraft {
  const read = wrong.has('information') ? '' : readInformation(information);
  if (typeof read === 'string') wrong.add('information', read);
  wrong.throwIfAny();
  return { type: 'record', text: (read as { text: string }).text, nonce };
}

export function entryOfDraft(draft: Draft, stamp: Stamp, contract: TokenContract | undefined): Entry {
  const { nonce, timestamp, salt } = stamp;
  if (draft.type === 'record') {
    const content = { text: draft.text, salt };
    return informationEntry({ informationHash: informationHash(content), nonce, timestamp }, content);
  }
  if (draft.type === 'erasure') return erasureEntry(erasureOf(draft, nonce, timestamp));
  return transactionEntry({ ...draft.content, nonce, timestamp }, tokenOnly(contract));
}

/** Whether `stored`, which has the draft's nonce, has the draft's content; the signature may be a new one. */
export function isRepeat(draft: Draft, stored: StoredEntry, contract: TokenContract | undefined): boolean {
  const { nonce, timestamp } = JSON.parse(stored.leafText) as { nonce: string; timestamp: number };
  if (draft.type === 'record') {
    const salt = stored.content?.salt ?? '';
    return entryOfDraft(draft, { nonce, timestamp, salt }, contract).leafText === stored.leafText;
  }
  if (draft.type === 'erasure') return erasureText(erasureOf(draft, nonce, timestamp)) === stored.leafText;
  const token = tokenOnly(contract);
  const before = parseLeaf(stored.leafText, token);
  if (before === undefined || before.type === 'return') return false;
  return leafText({ ...draft.content, nonce, timestamp, proof: before.proof }, token) === stored.leafText;
}

function erasureOf({ erases, reason }: ErasureDraft, nonce: string, timestamp: number): Erasure {
  return { type: 'erasure', erases, nonce, timestamp, reason };
}

function tokenOnly(contract: TokenContract | undefined): TokenContract {
  if (contract === undefined) throw new TypeError('a transaction needs the token chain’s contract');
  return contract;
}

const MISSING = 'is missing';
const UNSIGNED = 'is not allowed: there are no signatures under the policy open';

function readHolder(
  request: HolderRequest,
  { wallets: { policy } }: TokenContract,
  wrong: FieldErrors,
): { readonly sender: string; readonly proof: Proof | undefined } {
  const { sender, nonce, public_key: publicKey, signature } = request;
  checkWallet('sender', sender, policy, wrong);
  if (policy === 'open') {
    if (publicKey !== undefined) wrong.add('public_key', UNSIGNED);
    if (signature !== undefined) wrong.add('signature', UNSIGNED);
    return { sender, proof: undefined };
  }
  if (nonce === undefined) wrong.add('nonce', `${MISSING}: it is part of what is signed`);
  if (publicKey === undefined) wrong.add('public_key', MISSING);
  if (signature === undefined) wrong.add('signature', MISSING);
  const isProven = publicKey !== undefined && signature !== undefined;
  return { sender, proof: isProven ? { publicKey, signature } : undefined };
}

function readMove(
  { sender, recipient, amount }: IssueRequest,
  { decimals, wallets }: TokenContract,
  wrong: FieldErrors,
): { readonly recipient: string; readonly send: Units } {
  checkWallet('recipient', recipient, wallets.policy, wrong);
  if (sender === recipient) wrong.add('recipient', 'must not be the sender');
  const send = wrong.has('amount') ? '' : readAmount(amount, decimals);
  if (typeof send !== 'string') return { recipient, send };
  wrong.add('amount', send);
  return { recipient, send: 0n };
}

/**
 * The forbidden names in a new draft. One that was accepted before, perhaps by an older version, is
 * answered again, whatever its names.
 */
export function newNamesRefusal(draft: Draft): InvalidInput | undefined {
  if (draft.type !== 'transaction') return undefined;
  const { content } = draft;
  const recipient = 'recipient' in content ? content.recipient : '';
  // The usual case is cheap.
  if (newNameProblem(content.sender) === undefined && newNameProblem(recipient) === undefined)
    return undefined;
  const wrong = new FieldErrors();
  checkNewNames(content, wrong);
  return wrong.refusal();
}

function checkNewNames(
  names: { readonly sender?: unknown; readonly recipient?: unknown },
  wrong: FieldErrors,
): void {
  for (const field of ['sender', 'recipient'] as const) {
    const name = names[field];
    const problem = isName(name) ? newNameProblem(name) : undefined;
    if (problem !== undefined) wrong.add(field, problem);
  }
}

/** Names that are forbidden only in new entries are reported together with other errors. */
function throwIfWrong(wrong: FieldErrors, names: Parameters<typeof checkNewNames>[0]): void {
  if (wrong.isEmpty) return;
  checkNewNames(names, wrong);
  wrong.throwIfAny();
}

/** Any name is a wallet under the policy `open`; under `signed` it must be an address. */
function checkWallet(
  field: 'sender' | 'recipient',
  name: string,
  policy: WalletPolicy,
  wrong: FieldErrors,
): void {
  if (policy === 'signed' && !isAddress(name)) wrong.add(field, WALLET_EXPECTED.signed);
}
