/** The supply as figures, read when they are asked for. */
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { formatAmount } from '../chain/amount.js';
import { allocated, isBalanced } from '../chain/book.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { LedgerStore } from '../ledger/store.js';

@Injectable()
export class SupplyMetrics {
  constructor(
    registry: Registry,
    private readonly store: LedgerStore,
    private readonly books: CurrentBooks,
  ) {
    const supply: Gauge<'part'> = new Gauge({
      name: 'bpsc_supply_tokens',
      help: 'Tokens: allocated, issued, burnt, held, circulating; rounded to a double',
      labelNames: ['part'],
      registers: [registry],
      collect: () => {
        this.collect(supply, balanced);
      },
    });
    const balanced = new Gauge({
      name: 'bpsc_supply_balanced',
      help: '1 when circulating + held = allocated + issued - burnt, exactly; anything else is a bug',
      registers: [registry],
    });
  }

  private collect(supply: Gauge<'part'>, balanced: Gauge): void {
    const contract = this.store.chains().find((chain) => chain.contract.kind === 'token')?.contract;
    if (contract?.kind !== 'token') return;
    const totals = this.books.get().supply();
    const parts = { allocated: allocated(contract), ...totals };
    for (const [part, units] of Object.entries(parts)) {
      supply.set({ part }, Number(formatAmount(units, contract.decimals)));
    }
    balanced.set(isBalanced(totals, contract) ? 1 : 0);
  }
}
