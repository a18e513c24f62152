/** Wallets and the supply as the client returns them, not verified. Amounts are decimal strings of tokens. */
import type { AnswerFields } from './reading.js';

export interface WalletRecord {
  readonly address: string;
  /** the amount that it can send; negative only under the policy `open` */
  readonly available: string;
  /** its amount in open holds */
  readonly held: string;
  /** `available` + `held` */
  readonly balance: string;
  /** allocated by the contract, or issued */
  readonly issued: string;
  /** the total that it sent, without open holds and returned ones, fees included */
  readonly sent: string;
  /** the total that it received by transfers, after fees */
  readonly received: string;
  /** the fees in `sent` */
  readonly feesPaid: string;
  /** fees credited to it, as the fee wallet */
  readonly feesCollected: string;
  readonly transactionsSent: number;
  readonly transactionsReceived: number;
}

/** A wallet on one of several chains. */
export interface ChainWalletRecord extends WalletRecord {
  /** the chain's name on the node */
  readonly chain: string;
  readonly chainId: string;
  readonly symbol: string;
}

/** The totals of the token. `circulating` + `held` = `allocated` + `issued` − `burnt` under `signed`. */
export interface SupplyRecord {
  readonly policy: 'open' | 'signed';
  readonly symbol: string;
  readonly allocated: string;
  readonly issued: string;
  readonly burnt: string;
  readonly held: string;
  readonly circulating: string;
  readonly feeWallet: {
    readonly address: string;
    readonly feesCollected: string;
    readonly available: string;
  };
}

/** @throws UnexpectedAnswerError */
export function readWallet(answer: AnswerFields): WalletRecord {
  return {
    address: answer.text('address'),
    available: answer.amount('available'),
    held: answer.amount('held'),
    balance: answer.amount('balance'),
    issued: answer.amount('issued'),
    sent: answer.amount('sent'),
    received: answer.amount('received'),
    feesPaid: answer.amount('fees_paid'),
    feesCollected: answer.amount('fees_collected'),
    transactionsSent: answer.count('transactions_sent'),
    transactionsReceived: answer.count('transactions_received'),
  };
}

/** @throws UnexpectedAnswerError */
export function readChainWallet(answer: AnswerFields): ChainWalletRecord {
  return {
    ...readWallet(answer),
    chain: answer.text('chain'),
    chainId: answer.text('id'),
    symbol: answer.text('symbol'),
  };
}

/** @throws UnexpectedAnswerError */
export function readSupply(answer: AnswerFields): SupplyRecord {
  const feeWallet = answer.object('fee_wallet');
  return {
    policy: answer.oneOf('policy', ['open', 'signed']),
    symbol: answer.text('symbol'),
    allocated: answer.amount('allocated'),
    issued: answer.amount('issued'),
    burnt: answer.amount('burnt'),
    held: answer.amount('held'),
    circulating: answer.amount('circulating'),
    feeWallet: {
      address: feeWallet.text('address'),
      feesCollected: feeWallet.amount('fees_collected'),
      available: feeWallet.amount('available'),
    },
  };
}
