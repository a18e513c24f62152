/** What a client asks for, checked and split, before it has a time and a place in the chain. */
import { readAmount, splitFee, type Units } from '../../chain/entry/amount.js';
import { parseHash, parsePublicKey, parseSignature, type Hash } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import {
  isMemo,
  isName,
  isNonce,
  MEMO_EXPECTED,
  NONCE_EXPECTED,
  TIME_EXPECTED,
} from '../../chain/entry/entry-fields.js';
import {
  informationEntry,
  informationHash,
  readInformation,
  transactionEntry,
  type Entry,
} from '../../chain/entry/entry.js';
import { isCount } from '../../chain/bytes/fields.js';
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
import { isWalletName } from '../../chain/contract/wallet-policy.js';
import { FieldErrors, type InvalidInput } from '../../ledger/errors.js';
import type { StoredEntry } from '../../ledger/store.js';

/** What the producer adds to a draft. */
export interface Stamp {
  readonly nonce: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  /** 16 random bytes as 32 hex digits; only an information record needs it */
  readonly salt: string;
}

type Unstamped<T> = T extends unknown ? Omit<T, 'nonce' | 'timestamp'> : never;

export interface TransactionDraft {
  readonly kind: 'token';
  readonly content: Unstamped<HolderTransaction>;
  /** the client's; undefined: the producer makes one */
  readonly nonce: string | undefined;
}

export interface InformationDraft {
  readonly kind: 'information';
  /** canonical JSON */
  readonly text: string;
  readonly nonce: string | undefined;
}

export type Draft = TransactionDraft | InformationDraft;

/** What every request of a holder's may bring. */
interface HolderRequest {
  readonly sender: string;
  readonly nonce?: string | undefined;
  readonly public_key?: string | undefined;
  readonly signature?: string | undefined;
}

export interface IssueRequest extends HolderRequest {
  readonly recipient: string;
  readonly amount: string | number;
}

export interface TransferRequest extends IssueRequest {
  readonly memo?: string | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly hold_until?: number | undefined;
}

export interface AnswerRequest extends HolderRequest {
  /** the id of the hold */
  readonly transfer: string;
}

/**
 * Checks every field again, whoever did before: a follower would refuse the block that holds a wrong one, and
 * nothing that was accepted can be taken back.
 * @param wrong what is known to be wrong already; fields that it names are not looked at again
 * @throws InvalidInput that names every field which is wrong
 */
export function draftTransfer(
  request: TransferRequest,
  contract: TokenContract,
  wrong = new FieldErrors(),
): TransactionDraft {
  const { memo, hold_until: holdUntil } = request;
  const holder = readHolder(request, contract, wrong);
  const move = readMove(request, contract, wrong);
  if (memo !== undefined && !isMemo(memo)) wrong.add('memo', MEMO_EXPECTED);
  if (holdUntil !== undefined && !isCount(holdUntil)) wrong.add('hold_until', TIME_EXPECTED);
  const { fee, receive } = splitFee(move.send, contract.feeRate);
  if (receive <= 0n) wrong.add('amount', 'is so small that nothing would be left after the fee');
  throwIfWrong(wrong, request);
  const content: Unstamped<Transfer> = {
    type: 'transfer',
    ...holder,
    ...move,
    fee,
    receive,
    memo,
    holdUntil,
  };
  return { kind: 'token', content, nonce: request.nonce };
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
  return { kind: 'token', content: { type: 'issue', ...holder, ...move }, nonce: request.nonce };
}

/** As {@link draftTransfer}. */
export function draftAnswer(
  type: Answer['type'],
  request: AnswerRequest,
  contract: TokenContract,
  wrong = new FieldErrors(),
): TransactionDraft {
  const holder = readHolder(request, contract, wrong);
  const transfer = parseHash(request.transfer);
  if (transfer === undefined) wrong.add('id', KEY_EXPECTED);
  throwIfWrong(wrong, request);
  const content = { type, ...holder, transfer: transfer as Hash };
  return { kind: 'token', content, nonce: request.nonce };
}

/** As {@link draftTransfer}; wrong is what has no canonical form, or is too long. */
export function draftInformation(
  information: unknown,
  nonce: string | undefined,
  wrong = new FieldErrors(),
): InformationDraft {
  checkNonce(nonce, wrong);
  const read = wrong.has('information') ? '' : readInformation(information);
  if (typeof read === 'string') wrong.add('information', read);
  wrong.throwIfAny();
  return { kind: 'information', text: (read as { text: string }).text, nonce };
}

export function entryOfDraft(draft: Draft, stamp: Stamp, contract: TokenContract | undefined): Entry {
  const { nonce, timestamp, salt } = stamp;
  if (draft.kind === 'information') {
    const content = { text: draft.text, salt };
    return informationEntry({ informationHash: informationHash(content), nonce, timestamp }, content);
  }
  return transactionEntry({ ...draft.content, nonce, timestamp }, tokenOnly(contract));
}

/** Whether `stored`, which has the draft's nonce, says what the draft says; it may have been signed anew. */
export function isRepeat(draft: Draft, stored: StoredEntry, contract: TokenContract | undefined): boolean {
  const { nonce, timestamp } = JSON.parse(stored.leafText) as { nonce: string; timestamp: number };
  if (draft.kind === 'information') {
    const salt = stored.content?.salt ?? '';
    return entryOfDraft(draft, { nonce, timestamp, salt }, contract).leafText === stored.leafText;
  }
  const token = tokenOnly(contract);
  const before = parseLeaf(stored.leafText, token);
  if (before === undefined || before.type === 'return') return false;
  return leafText({ ...draft.content, nonce, timestamp, proof: before.proof }, token) === stored.leafText;
}

function tokenOnly(contract: TokenContract | undefined): TokenContract {
  if (contract === undefined) throw new TypeError('a transaction needs the token chain’s contract');
  return contract;
}

const MISSING = 'is missing';
const UNSIGNED = 'has no place here: under the policy open nobody signs';
const KEY_EXPECTED = 'must be 64 lower-case hex digits';
const PUBLIC_KEY_EXPECTED = `${KEY_EXPECTED}, the sender's public key`;
const SIGNATURE_EXPECTED = 'must be 128 lower-case hex digits';

function readHolder(
  request: HolderRequest,
  { wallets: { policy } }: TokenContract,
  wrong: FieldErrors,
): { readonly sender: string; readonly proof: Proof | undefined } {
  const { sender, nonce, public_key: key, signature: signed } = request;
  if (!isWalletName(sender, policy)) wrong.add('sender', WALLET_EXPECTED[policy]);
  checkNonce(nonce, wrong);
  if (policy === 'open') {
    if (key !== undefined) wrong.add('public_key', UNSIGNED);
    if (signed !== undefined) wrong.add('signature', UNSIGNED);
    return { sender, proof: undefined };
  }
  if (nonce === undefined) wrong.add('nonce', `${MISSING}: it is part of what is signed`);
  const publicKey = parsePublicKey(key);
  if (publicKey === undefined) wrong.add('public_key', key === undefined ? MISSING : PUBLIC_KEY_EXPECTED);
  const signature = parseSignature(signed);
  if (signature === undefined) wrong.add('signature', signed === undefined ? MISSING : SIGNATURE_EXPECTED);
  const isProven = publicKey !== undefined && signature !== undefined;
  return { sender, proof: isProven ? { publicKey, signature } : undefined };
}

function readMove(
  { sender, recipient, amount }: IssueRequest,
  { decimals, wallets }: TokenContract,
  wrong: FieldErrors,
): { readonly recipient: string; readonly send: Units } {
  if (!isWalletName(recipient, wallets.policy)) wrong.add('recipient', WALLET_EXPECTED[wallets.policy]);
  else if (sender === recipient) wrong.add('recipient', 'must be another than the sender');
  const send = wrong.has('amount') ? '' : readAmount(amount, decimals);
  if (typeof send !== 'string') return { recipient, send };
  wrong.add('amount', send);
  return { recipient, send: 0n };
}

/**
 * What is wrong with a draft's names if it is new. One that was accepted before, perhaps by an older version, is
 * answered again whatever it is called.
 */
export function newNamesRefusal(draft: Draft): InvalidInput | undefined {
  if (draft.kind === 'information') return undefined;
  const { content } = draft;
  const recipient = 'recipient' in content ? content.recipient : '';
  // The usual case costs next to nothing.
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

/** Names that only a new entry can't have are named beside what is wrong anyway. */
function throwIfWrong(wrong: FieldErrors, names: Parameters<typeof checkNewNames>[0]): void {
  if (wrong.isEmpty) return;
  checkNewNames(names, wrong);
  wrong.throwIfAny();
}

function checkNonce(nonce: string | undefined, wrong: FieldErrors): void {
  if (nonce !== undefined && !isNonce(nonce)) wrong.add('nonce', NONCE_EXPECTED);
}
