/** Reads a wallet, in the token's decimals. */
import { Injectable } from '@nestjs/common';
import { formatAmount, type Units } from '../chain/amount.js';
import { LedgerStore } from '../ledger/store.js';
import { balance, emptyWallet } from '../ledger/wallets.js';
import { ChainReader } from './chain-reader.js';
import type { WalletDto } from './dto/wallet.dto.js';

@Injectable()
export class WalletReader {
  constructor(
    private readonly store: LedgerStore,
    private readonly reader: ChainReader,
  ) {}

  /** Under the policy `open` every address has a wallet, and most are empty. */
  read(address: string): WalletDto {
    const { decimals } = this.reader.tokenContract();
    const wallet = this.store.wallets([address]).get(address) ?? emptyWallet(address);
    const amount = (units: Units): string => formatAmount(units, decimals);
    return {
      address,
      sent: amount(wallet.sent),
      received: amount(wallet.received),
      fees_paid: amount(wallet.feesPaid),
      fees_collected: amount(wallet.feesCollected),
      balance: amount(balance(wallet)),
      transactions_sent: wallet.sentCount,
      transactions_received: wallet.receivedCount,
    };
  }
}
