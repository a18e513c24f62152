/** What transfers add up to for each wallet, under the policy `open` (protocol, section 3). */
import type { Units } from '../chain/amount.js';
import type { TokenContract } from '../chain/contract.js';
import type { Transfer } from '../chain/entry.js';

/** Amounts are in the token's smallest units. */
export interface Wallet {
  readonly address: string;
  /** all that left the wallet, fees included */
  readonly sent: Units;
  /** all that arrived by transfers, after fees */
  readonly received: Units;
  /** the part of `sent` that was fees */
  readonly feesPaid: Units;
  /** fees credited to it: only the contract's fee wallet has any */
  readonly feesCollected: Units;
  readonly sentCount: number;
  readonly receivedCount: number;
}

export function emptyWallet(address: string): Wallet {
  return {
    address,
    sent: 0n,
    received: 0n,
    feesPaid: 0n,
    feesCollected: 0n,
    sentCount: 0,
    receivedCount: 0,
  };
}

/** Negative where more was sent than ever arrived: under `open`, tokens come from outside. */
export function balance(wallet: Wallet): Units {
  return wallet.received + wallet.feesCollected - wallet.sent;
}

/** Every address whose wallet a transfer changes. */
export function walletsOf(transfer: Transfer, contract: TokenContract): readonly string[] {
  const { sender, recipient } = transfer;
  return contract.feeDisposition === 'collect'
    ? [sender, recipient, contract.feeWallet]
    : [sender, recipient];
}

/** Applies a transfer to the wallets in `book`, which holds every one of {@link walletsOf}. */
export function applyTransfer(book: Map<string, Wallet>, transfer: Transfer, contract: TokenContract): void {
  change(book, transfer.sender, (wallet) => ({
    ...wallet,
    sent: wallet.sent + transfer.send,
    feesPaid: wallet.feesPaid + transfer.fee,
    sentCount: wallet.sentCount + 1,
  }));
  change(book, transfer.recipient, (wallet) => ({
    ...wallet,
    received: wallet.received + transfer.receive,
    receivedCount: wallet.receivedCount + 1,
  }));
  // Burnt fees leave the supply: nobody has them.
  if (contract.feeDisposition === 'burn') return;
  change(book, contract.feeWallet, (wallet) => ({
    ...wallet,
    feesCollected: wallet.feesCollected + transfer.fee,
  }));
}

function change(book: Map<string, Wallet>, address: string, to: (wallet: Wallet) => Wallet): void {
  book.set(address, to(book.get(address) ?? emptyWallet(address)));
}
