/** Reads a node's answer to an accepted request, and compares it with the request. */
import type { TokenContract } from '../chain/contract/contract.js';
import { canonicalJson } from '../chain/bytes/json.js';
import { asFields } from '../chain/bytes/fields.js';
import { BpscError, UnexpectedAnswerError } from './errors.js';
import type { PreparedRequest } from './prepared-request.js';
import { AnswerFields, parseObject } from './reading.js';
import { readTransaction, type TransactionRecord } from './transaction-record.js';
import { transactionPath } from './routes.js';
import type { Answer } from './transport.js';

/** An entry that is on the node's disk, and the block that will contain it. */
export interface Accepted {
  readonly id: string;
  /** the index of the promised block */
  readonly block: number;
  /** Whether it was accepted before under the same nonce: then this repeats the first answer. */
  readonly repeated: boolean;
}

export interface AcceptedTransaction extends Accepted {
  readonly transaction: TransactionRecord;
}

/** @throws UnexpectedAnswerError */
export function readAccepted(answer: Answer, path: string): Accepted & { readonly answer: AnswerFields } {
  const fields = new AnswerFields(path, parseObject(answer.text, path));
  // A node sends it twice, since a proxy or a browser's rules for other origins may hide the header.
  const repeated = answer.status === 200 || answer.headers.get('idempotency-hit') === 'true';
  const id = 'id' in fields.fields ? fields.text('id') : fields.object('transaction').text('id');
  return { id, block: fields.count('index'), repeated, answer: fields };
}

/** @throws UnexpectedAnswerError if the node accepted something else, or claims to have */
export function readAcceptedTransaction(
  answer: Answer,
  request: PreparedRequest,
  contract: TokenContract,
): AcceptedTransaction {
  const { answer: fields, ...accepted } = readAccepted(answer, request.path);
  let transaction;
  try {
    transaction = readTransaction(fields.object('transaction'), contract);
  } catch (error) {
    if (error instanceof BpscError) throw new UnexpectedAnswerError(`${request.path}: ${error.message}`);
    throw error;
  }
  if (isWhatWasAsked(transaction, request)) return { ...accepted, transaction };
  throw new UnexpectedAnswerError(`${request.path} answers with another transaction than it was sent`);
}

function isWhatWasAsked(transaction: TransactionRecord, { path, body }: PreparedRequest): boolean {
  const sent = asFields(JSON.parse(body)) ?? {};
  const { sender, nonce, publicKey } = transaction;
  // Not the signature: an entry accepted before under the same nonce may have been signed again for this request.
  if (sent.sender !== sender || sent.nonce !== nonce || sent.public_key !== publicKey) return false;
  const asked = transactionPath(path);
  if (asked?.type !== transaction.type) return false;
  if ('transfer' in transaction) return asked.transfer === transaction.transfer;
  if (sent.recipient !== transaction.recipient || sent.amount !== transaction.amountSend) return false;
  if (transaction.type === 'issue') return true;
  const { memo, metadata, holdUntil } = transaction;
  if (sent.memo !== memo || sent.hold_until !== holdUntil) return false;
  if (metadata === undefined || sent.metadata === undefined) return sent.metadata === metadata;
  return canonicalJson(sent.metadata) === canonicalJson(metadata);
}
