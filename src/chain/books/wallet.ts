/**
 * The totals of a token chain's transactions: wallets, holds and the supply (protocol, section 7). Amounts are in
 * units.
 */
import type { Units } from '../entry/amount.js';
import type { Hash } from '../bytes/bytes.js';

export interface Wallet {
  readonly address: string;
  /** everything that left the wallet for good, fees included */
  readonly sent: Units;
  /** everything that arrived by transfers, after fees */
  readonly received: Units;
  /** the part of `sent` that was fees */
  readonly feesPaid: Units;
  /** fees credited to it: only the contract's fee wallet has any */
  readonly feesCollected: Units;
  /** allocated to it by the contract, or issued to it */
  readonly issued: Units;
  /** the amount of its tokens that the BPSC keeps in open holds */
  readonly held: Units;
  /** the number of transfers that it sent, including holds however they ended */
  readonly sentCount: number;
  /** the number of transfers that arrived */
  readonly receivedCount: number;
}

export function emptyWallet(address: string): Wallet {
  return {
    address,
    sent: 0n,
    received: 0n,
    feesPaid: 0n,
    feesCollected: 0n,
    issued: 0n,
    held: 0n,
    sentCount: 0,
    receivedCount: 0,
  };
}

/** The amount that a wallet may send. Negative only under the policy `open`, where tokens come from outside. */
export function available(wallet: Wallet): Units {
  const { issued, received, feesCollected, sent, held } = wallet;
  return issued + received + feesCollected - sent - held;
}

/** The amount that a wallet has, holds included. */
export function balance(wallet: Wallet): Units {
  return available(wallet) + wallet.held;
}

export type HoldState = 'held' | 'delivered' | 'declined' | 'returned';

/** A transfer that the BPSC keeps, or kept, until its recipient answered. */
export interface Hold {
  /** the transfer's id */
  readonly id: Hash;
  /** the transfer's position in the chain */
  readonly sequence: number;
  readonly sender: string;
  readonly recipient: string;
  readonly send: Units;
  readonly receive: Units;
  readonly fee: Units;
  /** milliseconds since 1970-01-01 UTC */
  readonly holdUntil: number;
  readonly state: HoldState;
  /** the sequence of the entry that ended it; undefined while it is held */
  readonly endedBy: number | undefined;
}

/** The totals of a token. */
export interface Supply {
  /** issued by transactions; allocations are in the contract */
  readonly issued: Units;
  /** fees that left the supply */
  readonly burnt: Units;
  /** in open holds */
  readonly held: Units;
  /** available in all wallets together, including wallets below zero */
  readonly circulating: Units;
}
