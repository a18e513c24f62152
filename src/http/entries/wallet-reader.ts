/** Reads a wallet, with amounts formatted in the token's decimals. */
import { Injectable } from '@nestjs/common';
import { formatAmount, type Units } from '../../chain/entry/amount.js';
import { available, balance, emptyWallet } from '../../chain/books/wallet.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { ChainReader } from '../chains/chain-reader.js';
import type { WalletDto } from '../dto/wallet.dto.js';

@Injectable()
export class WalletReader {
  constructor(
    private readonly books: CurrentBooks,
    private readonly reader: ChainReader,
  ) {}

  /**
   * Every valid address has a wallet, which may be empty.
   * @throws InvalidInput if the policy doesn't allow the address
   */
  read(store: TokenChainStore, address: string): WalletDto {
    const { decimals } = store.chain.contract;
    this.reader.assertAddress(address, store);
    const wallet = this.books.of(store).wallet(address) ?? emptyWallet(address);
    const amount = (units: Units): string => formatAmount(units, decimals);
    return {
      address,
      available: amount(available(wallet)),
      held: amount(wallet.held),
      balance: amount(balance(wallet)),
      issued: amount(wallet.issued),
      sent: amount(wallet.sent),
      received: amount(wallet.received),
      fees_paid: amount(wallet.feesPaid),
      fees_collected: amount(wallet.feesCollected),
      transactions_sent: wallet.sentCount,
      transactions_received: wallet.receivedCount,
    };
  }
}
