/** The supply as metrics, read on each scrape. */
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { formatAmount } from '../../chain/entry/amount.js';
import { allocated, isBalanced } from '../../chain/books/book.js';
import { isTokenStore } from '../../ledger/chain-store.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { LedgerStore } from '../../ledger/store.js';

@Injectable()
export class SupplyMetrics {
  constructor(
    registry: Registry,
    private readonly store: LedgerStore,
    private readonly books: CurrentBooks,
  ) {
    const supply: Gauge<'chain' | 'part'> = new Gauge({
      name: 'bpsc_supply_tokens',
      help: 'Tokens: allocated, issued, burnt, held, circulating; rounded to a double',
      labelNames: ['chain', 'part'],
      registers: [registry],
      collect: () => {
        this.collect(supply, balanced);
      },
    });
    const balanced: Gauge<'chain'> = new Gauge({
      name: 'bpsc_supply_balanced',
      help: '1 if circulating + held = allocated + issued - burnt, exactly; anything else is a bug',
      labelNames: ['chain'],
      registers: [registry],
    });
  }

  private collect(supply: Gauge<'chain' | 'part'>, balanced: Gauge<'chain'>): void {
    for (const store of this.store.stores().filter(isTokenStore)) {
      const { name: chain, contract } = store.chain;
      const totals = this.books.of(store).supply();
      const parts = { allocated: allocated(contract), ...totals };
      for (const [part, units] of Object.entries(parts)) {
        supply.set({ chain, part }, Number(formatAmount(units, contract.decimals)));
      }
      balanced.set({ chain }, isBalanced(totals, contract) ? 1 : 0);
    }
  }
}
