/** What a client asks for, checked and split, before it has a time and a place in the chain. */
import { readAmount, splitFee, type Units } from '../chain/amount.js';
import type { TokenContract } from '../chain/contract.js';
import {
  isMemo,
  isName,
  isNonce,
  MEMO_EXPECTED,
  NAME_EXPECTED,
  NONCE_EXPECTED,
} from '../chain/entry-fields.js';
import {
  informationEntry,
  informationHash,
  readInformation,
  transactionEntry,
  type Entry,
} from '../chain/entry.js';
import { InvalidInput } from '../ledger/errors.js';
import type { StoredEntry } from '../ledger/store.js';

export interface TransferDraft {
  readonly kind: 'token';
  readonly sender: string;
  readonly recipient: string;
  readonly send: Units;
  readonly fee: Units;
  readonly receive: Units;
  readonly memo: string | undefined;
  /** the client's; undefined: the producer makes one */
  readonly nonce: string | undefined;
}

export interface InformationDraft {
  readonly kind: 'information';
  /** canonical JSON */
  readonly text: string;
  readonly nonce: string | undefined;
}

export type Draft = TransferDraft | InformationDraft;

/** What the producer adds to a draft. */
export interface Stamp {
  readonly nonce: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  /** 16 random bytes as 32 hex digits; only an information record needs it */
  readonly salt: string;
}

export interface TransferRequest {
  readonly sender: string;
  readonly recipient: string;
  readonly amount: string | number;
  readonly memo?: string | undefined;
  readonly nonce?: string | undefined;
}

/**
 * Checks every field again, whoever did before: a follower would refuse the block that holds a wrong one, and
 * nothing that was accepted can be taken back.
 * @throws InvalidInput
 */
export function draftTransfer(request: TransferRequest, contract: TokenContract): TransferDraft {
  const { sender, recipient, memo, nonce } = request;
  if (!isName(sender)) throw invalid('sender', NAME_EXPECTED);
  if (!isName(recipient)) throw invalid('recipient', NAME_EXPECTED);
  if (memo !== undefined && !isMemo(memo)) throw invalid('memo', MEMO_EXPECTED);
  assertNonce(nonce);
  if (sender === recipient) throw invalid('recipient', 'must be another than the sender');
  const send = readAmount(request.amount, contract.decimals);
  if (typeof send === 'string') throw invalid('amount', send);
  const { fee, receive } = splitFee(send, contract.feeRate);
  if (receive <= 0n) throw invalid('amount', 'is so small that nothing would be left after the fee');
  return { kind: 'token', sender, recipient, send, fee, receive, memo, nonce };
}

/** @throws InvalidInput for what has no canonical form, or is too long */
export function draftInformation(information: unknown, nonce: string | undefined): InformationDraft {
  assertNonce(nonce);
  const read = readInformation(information);
  if (typeof read === 'string') throw invalid('information', read);
  return { kind: 'information', text: read.text, nonce };
}

export function entryOfDraft(draft: Draft, stamp: Stamp, contract: TokenContract | undefined): Entry {
  const { nonce, timestamp, salt } = stamp;
  if (draft.kind === 'information') {
    const content = { text: draft.text, salt };
    return informationEntry({ informationHash: informationHash(content), nonce, timestamp }, content);
  }
  if (contract === undefined) throw new TypeError('a transfer needs the token chain’s contract');
  const { sender, recipient, send, fee, receive, memo } = draft;
  const transfer = { sender, recipient, send, fee, receive, nonce, timestamp };
  return transactionEntry(memo === undefined ? transfer : { ...transfer, memo }, contract);
}

/** Whether `stored`, which has the draft's nonce, says what the draft says. */
export function isRepeat(draft: Draft, stored: StoredEntry, contract: TokenContract | undefined): boolean {
  const { nonce, timestamp } = JSON.parse(stored.leafText) as { nonce: string; timestamp: number };
  const salt = stored.content?.salt ?? '';
  return entryOfDraft(draft, { nonce, timestamp, salt }, contract).leafText === stored.leafText;
}

function assertNonce(nonce: string | undefined): void {
  if (nonce !== undefined && !isNonce(nonce)) throw invalid('nonce', NONCE_EXPECTED);
}

function invalid(field: string, message: string): InvalidInput {
  return new InvalidInput([{ field, message }]);
}
