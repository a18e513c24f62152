/** Turns a caller's order into a complete request. Everything that can be checked is, before anything is signed or sent. */
import { formatAmount, readAmount, splitFee, type Units } from '../chain/entry/amount.js';
import { addressOf } from '../chain/entry/address.js';
import { parseHash, parsePublicKey, parseSignature, type Hash } from '../chain/bytes/bytes.js';
import type { TokenContract } from '../chain/contract/contract.js';
import { isMemo, isNonce, MEMO_EXPECTED, NONCE_EXPECTED } from '../chain/entry/entry-fields.js';
import { readMetadata } from '../chain/entry/metadata.js';
import { verifySignature } from '../chain/bytes/ed25519.js';
import { isCount } from '../chain/bytes/fields.js';
import { holderText, WALLET_EXPECTED, type HolderTransaction } from '../chain/entry/transaction.js';
import { isWalletName } from '../chain/contract/wallet-policy.js';
import { invalid } from './errors.js';
import { newNonce } from './nonce.js';
import type { PreparedRequest } from './prepared-request.js';
import type { Routes } from './routes.js';
import type { Signer } from './signer.js';

/** The wallet: under the policy `signed` its signer, under `open` its name. */
export type From = Signer | string;

interface OrderBase {
  readonly from: From;
  /** 1 to 64 characters of `A-Z a-z 0-9 . _ : -`, new for each payment; 128 random bits by default */
  readonly nonce?: string | undefined;
}

export interface IssueOrder extends OrderBase {
  /** the recipient's wallet: under the policy `signed` an address */
  readonly to: string;
  /** in tokens, as a decimal string such as `"12.50"` */
  readonly amount: string;
}

export interface SendOrder extends IssueOrder {
  /** up to 256 bytes of UTF-8, public */
  readonly memo?: string | undefined;
  /** a JSON object, up to 4096 bytes as canonical JSON: public, signed with the payment, and never erased */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Makes it a hold: the recipient must accept it by then (milliseconds since 1970-01-01 UTC, or a Date), or it is returned. */
  readonly holdUntil?: number | Date | undefined;
}

/** The recipient's answer to a hold. */
export type AnswerOrder = OrderBase;

/** The token chain that a request is for. */
export interface OrderChain {
  readonly id: Hash;
  readonly contract: TokenContract;
  readonly routes: Routes;
}

export function prepareSend(order: SendOrder, chain: OrderChain): Promise<PreparedRequest> {
  const { memo } = order;
  const move = checkMove(order, chain.contract);
  if (memo !== undefined && !isMemo(memo)) throw invalid('memo', MEMO_EXPECTED);
  const metadata = checkMetadata(order.metadata);
  const holdUntil = checkHoldUntil(order.holdUntil);
  const split = splitFee(move.send, chain.contract.feeRate);
  if (split.receive <= 0n) {
    throw invalid('amount', 'is so small that nothing would be left after the fee');
  }
  const transaction = {
    type: 'transfer',
    ...move,
    ...split,
    memo,
    metadata,
    holdUntil,
    timestamp: 0,
  } as const;
  return complete(chain.routes.newTransaction, transaction, order.from, chain, {
    ...moveJson(move, chain.contract),
    ...(memo === undefined ? {} : { memo }),
    ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) as unknown }),
    ...(holdUntil === undefined ? {} : { hold_until: holdUntil }),
  });
}

export function prepareIssue(order: IssueOrder, chain: OrderChain): Promise<PreparedRequest> {
  const move = checkMove(order, chain.contract);
  const { issuer } = chain.contract.wallets;
  if (move.sender !== issuer) {
    throw invalid(
      'from',
      issuer === undefined
        ? 'can issue nothing: the contract names no issuer'
        : `must be the issuer ${issuer}`,
    );
  }
  const transaction = { type: 'issue', ...move, timestamp: 0 } as const;
  return complete(
    `${chain.routes.base}/transactions/issue`,
    transaction,
    order.from,
    chain,
    moveJson(move, chain.contract),
  );
}

/** @param id of the hold */
export function prepareAnswer(
  type: 'accept' | 'decline',
  id: string,
  order: AnswerOrder,
  chain: OrderChain,
): Promise<PreparedRequest> {
  const transfer = parseHash(id);
  if (transfer === undefined) throw invalid('id', 'must be 64 lower-case hex digits');
  const base = checkBase(order, chain.contract);
  const transaction = { type, ...base, transfer, timestamp: 0 } as const;
  return complete(
    `${chain.routes.base}/transactions/${transfer}/${type}`,
    transaction,
    order.from,
    chain,
    base,
  );
}

interface Base {
  readonly sender: string;
  readonly nonce: string;
}

interface Move extends Base {
  readonly recipient: string;
  readonly send: Units;
}

function checkBase({ from, nonce = newNonce() }: OrderBase, { wallets }: TokenContract): Base {
  const { policy } = wallets;
  if (policy === 'signed' && typeof from === 'string') {
    throw invalid('from', 'must be a signer: the wallets of this chain are signed');
  }
  const sender = typeof from === 'string' ? from : from.address;
  if (!isWalletName(sender, policy)) throw invalid('from', WALLET_EXPECTED[policy]);
  if (!isNonce(nonce)) throw invalid('nonce', NONCE_EXPECTED);
  return { sender, nonce };
}

function checkMove(order: IssueOrder, contract: TokenContract): Move {
  const { to, amount } = order;
  const base = checkBase(order, contract);
  const { policy } = contract.wallets;
  if (!isWalletName(to, policy)) throw invalid('to', WALLET_EXPECTED[policy]);
  if (to === base.sender) throw invalid('to', 'must be another wallet than the sender’s');
  // Floating point may have changed the number that was meant.
  if (typeof amount !== 'string') throw invalid('amount', 'must be a decimal string');
  const send = readAmount(amount, contract.decimals);
  if (typeof send === 'string') throw invalid('amount', send);
  return { ...base, recipient: to, send };
}

function checkHoldUntil(value: number | Date | undefined): number | undefined {
  const ms = value instanceof Date ? value.getTime() : value;
  if (ms === undefined || isCount(ms)) return ms;
  throw invalid('holdUntil', 'must be a time in milliseconds since 1970');
}

/** @returns its canonical JSON */
function checkMetadata(value: SendOrder['metadata']): string | undefined {
  const read = value === undefined ? undefined : readMetadata(value);
  if (typeof read === 'string') throw invalid('metadata', read);
  return read?.text;
}

/** The amount goes over the wire in its shortest form, which is what is signed. */
function moveJson({ sender, nonce, recipient, send }: Move, { decimals }: TokenContract): object {
  return { sender, nonce, recipient, amount: formatAmount(send, decimals) };
}

async function complete(
  path: string,
  transaction: HolderTransaction,
  from: From,
  { id, contract }: OrderChain,
  fields: object,
): Promise<PreparedRequest> {
  const { nonce } = transaction;
  const signed = contract.wallets.policy === 'signed' && typeof from !== 'string';
  const proof = signed ? await prove(from, holderText(transaction, contract, id)) : {};
  return { chain: id, path, body: JSON.stringify({ ...fields, ...proof }), nonce };
}

/** Catches a wrong signer before the node would refuse it. */
async function prove(signer: Signer, text: string): Promise<object> {
  const publicKey = parsePublicKey(signer.publicKey);
  if (publicKey === undefined || addressOf(publicKey) !== signer.address) {
    throw invalid('from', 'is a signer whose address isn’t that of its key');
  }
  const signature = parseSignature(await signer.sign(text));
  if (signature === undefined || !verifySignature(publicKey, text, signature)) {
    throw invalid('from', 'is a signer whose signature isn’t by its key');
  }
  return { public_key: publicKey, signature };
}
