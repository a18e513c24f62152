/** Reads the supply of a token, formatted with its decimals. */
import { Injectable } from '@nestjs/common';
import { formatAmount, type Units } from '../../chain/entry/amount.js';
import { allocated } from '../../chain/books/book.js';
import { available, emptyWallet } from '../../chain/books/wallet.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import type { SupplyDto } from '../dto/supply.dto.js';

@Injectable()
export class SupplyReader {
  constructor(private readonly books: CurrentBooks) {}

  read(store: TokenChainStore): SupplyDto {
    const { contract } = store.chain;
    const books = this.books.of(store);
    const { issued, burnt, held, circulating } = books.supply();
    const amount = (units: Units): string => formatAmount(units, contract.decimals);
    const feeWallet = books.wallet(contract.feeWallet) ?? emptyWallet(contract.feeWallet);
    return {
      symbol: contract.symbol,
      policy: contract.wallets.policy,
      allocated: amount(allocated(contract)),
      issued: amount(issued),
      burnt: amount(burnt),
      held: amount(held),
      circulating: amount(circulating),
      fee_wallet: {
        address: contract.feeWallet,
        fees_collected: amount(feeWallet.feesCollected),
        available: amount(available(feeWallet)),
      },
    };
  }
}
