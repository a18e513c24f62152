/** Transactions as the client returns them: amounts as decimal strings, every field of the leaf, checked against the id. */
import { formatAmount, type Units } from '../chain/entry/amount.js';
import { isTransaction } from '../chain/contract/kinds.js';
import { toHex, type Hash } from '../chain/bytes/bytes.js';
import type { TokenContract } from '../chain/contract/contract.js';
import { parseEntry } from '../chain/entry/entry.js';
import type { Fields } from '../chain/bytes/fields.js';
import type { Transaction, Transfer } from '../chain/entry/transaction.js';
import { UnexpectedAnswerError } from './errors.js';
import { orThrow } from './node-chains.js';
import type { AnswerFields } from './reading.js';

interface RecordBase {
  /** SHA-256(0x00 ‖ leaf bytes), 64 hex digits: identifies the transaction */
  readonly id: string;
  /** a wallet */
  readonly sender: string;
  readonly nonce: string;
  /** when the producer accepted it, in milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  /** of the sender; undefined under the policy `open`, and of a return */
  readonly publicKey: string | undefined;
  /** the sender's, over the fields that it decides */
  readonly signature: string | undefined;
}

/** Tokens from one wallet to another; with `holdUntil` a hold. Amounts are decimal strings of tokens. */
export interface TransferRecord extends RecordBase {
  readonly type: 'transfer';
  readonly recipient: string;
  /** what leaves the sender; `amountReceive` + `fee`, exactly */
  readonly amountSend: string;
  readonly amountReceive: string;
  readonly fee: string;
  readonly memo: string | undefined;
  /** a JSON object */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly holdUntil: number | undefined;
}

/** New tokens, by the issuer. */
export interface IssueRecord extends RecordBase {
  readonly type: 'issue';
  readonly recipient: string;
  /** a decimal string of tokens */
  readonly amountSend: string;
}

/** The recipient's answer to a hold, or the producer's return of one that has expired. */
export interface HoldEndRecord extends RecordBase {
  readonly type: 'accept' | 'decline' | 'return';
  /** the id of the hold */
  readonly transfer: string;
}

export type TransactionRecord = TransferRecord | IssueRecord | HoldEndRecord;

export type EntryStatus = 'pending' | 'sealed';
/** `witnessed`: the quorum of the node's own policy cosigned a checkpoint that covers the entry. */
export type EntryLevel = 'accepted' | 'sealed' | 'witnessed';
export type TransferState = 'pending' | 'held' | 'delivered' | 'declined' | 'returned';

/** The position of an entry. */
export interface Place {
  /** in the chain, from 0 */
  readonly sequence: number;
  /** the block that contains it or, while it is pending, the promised one */
  readonly block: number;
  readonly status: EntryStatus;
  /** undefined where the node doesn't tell it */
  readonly level: EntryLevel | undefined;
}

/** The entry that ended a hold. */
export interface EndedBy extends Place {
  readonly id: string;
  readonly type: HoldEndRecord['type'];
}

/** The hold that an accept, a decline or a return ends, as the node shows it: not verified. Amounts are decimal strings of tokens. */
export interface EndedHold {
  readonly sender: string;
  readonly recipient: string;
  /** what was held, and went back unless it was accepted */
  readonly amountSend: string;
  /** what the recipient got, if it accepted */
  readonly amountReceive: string;
}

export type PlacedTransaction = TransactionRecord &
  Place & {
    /** the state of a transfer or an issue by the sealed blocks, if the node shows it; not verified, like its position */
    readonly state: TransferState | undefined;
    readonly endedBy: EndedBy | undefined;
    /** the hold that it ends, if the node shows it */
    readonly hold: EndedHold | undefined;
    /**
     * In a wallet's history: the change of the wallet's available balance, a decimal string; undefined if the
     * node doesn't show it.
     */
    readonly availableChange: string | undefined;
  };

// prettier-ignore
const LEAF_FIELDS = [
  'amount_bpsc', 'amount_receive', 'amount_send', 'bpsc', 'hold_until', 'id', 'memo', 'metadata', 'nonce', 'public_key',
  'reason', 'recipient', 'sender', 'signature', 'timestamp', 'transfer', 'type',
];
const STATUSES = ['pending', 'sealed'] as const;
const LEVELS = ['accepted', 'sealed', 'witnessed'] as const;
const STATES = ['pending', 'held', 'delivered', 'declined', 'returned'] as const;
const ENDS = ['accept', 'decline', 'return'] as const;

/**
 * A transaction in a node's answer: its form, its id and its fee are verified against the contract.
 * @throws FaultError
 */
export function readTransaction({ fields }: AnswerFields, contract: TokenContract): TransactionRecord {
  // Only the leaf: what the node adds to it is not part of the id.
  const leaf: Record<string, unknown> = {};
  for (const name of LEAF_FIELDS) if (name in fields) leaf[name] = fields[name];
  return transactionRecord(leaf, contract);
}

/** @throws FaultError, UnexpectedAnswerError */
export function readPlacedTransaction(answer: AnswerFields, contract: TokenContract): PlacedTransaction {
  const isTransfer = answer.fields.type === 'transfer';
  return {
    ...readTransaction(answer, contract),
    ...readPlace(answer),
    state: 'state' in answer.fields ? answer.oneOf('state', STATES) : undefined,
    endedBy: isTransfer && answer.fields.ended_by ? readEnd(answer.object('ended_by')) : undefined,
    hold: 'hold' in answer.fields ? readHold(answer.object('hold')) : undefined,
    availableChange: 'available_change' in answer.fields ? answer.amount('available_change') : undefined,
  };
}

export function readPlace(answer: AnswerFields): Place {
  return {
    sequence: answer.count('sequence'),
    block: answer.count('block'),
    status: answer.oneOf('status', STATUSES),
    level: 'level' in answer.fields ? answer.oneOf('level', LEVELS) : undefined,
  };
}

function readHold(answer: AnswerFields): EndedHold {
  return {
    sender: answer.text('sender'),
    recipient: answer.text('recipient'),
    amountSend: answer.amount('amount_send'),
    amountReceive: answer.amount('amount_receive'),
  };
}

function readEnd(answer: AnswerFields): EndedBy {
  return { id: answer.text('id'), type: answer.oneOf('type', ENDS), ...readPlace(answer) };
}

/** @param leaf of a token chain's entry, with its id. @throws FaultError */
function transactionRecord(leaf: Fields, contract: TokenContract): TransactionRecord {
  const entry = orThrow(parseEntry(leaf, contract));
  if (!isTransaction(entry))
    throw new UnexpectedAnswerError('expected a transaction, but it is an information record');
  return recordOf(entry.transaction, toHex(entry.id) as Hash, contract);
}

function parsedMetadata({ metadata }: Transfer): TransferRecord['metadata'] {
  return metadata === undefined ? undefined : (JSON.parse(metadata) as Record<string, unknown>);
}

export function recordOf(transaction: Transaction, id: Hash, contract: TokenContract): TransactionRecord {
  const { sender, nonce, timestamp } = transaction;
  const proof = transaction.type === 'return' ? undefined : transaction.proof;
  const base = { id, sender, nonce, timestamp, publicKey: proof?.publicKey, signature: proof?.signature };
  const amount = (units: Units): string => formatAmount(units, contract.decimals);
  switch (transaction.type) {
    case 'transfer': {
      const { type, recipient, send, receive, fee, memo, holdUntil } = transaction;
      const amounts = { amountSend: amount(send), amountReceive: amount(receive), fee: amount(fee) };
      return { type, ...base, recipient, ...amounts, memo, metadata: parsedMetadata(transaction), holdUntil };
    }
    case 'issue':
      return {
        type: 'issue',
        ...base,
        recipient: transaction.recipient,
        amountSend: amount(transaction.send),
      };
    case 'accept':
    case 'decline':
    case 'return':
      return { type: transaction.type, ...base, transfer: transaction.transfer };
  }
}
