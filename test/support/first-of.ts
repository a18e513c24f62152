/** The first chain of a kind that a node has: most tests need no other. */
import type { InformationChainStore, TokenChainStore } from '../../src/ledger/chain-store.js';
import type { LedgerStore } from '../../src/ledger/store.js';

interface StoreOf {
  readonly token: TokenChainStore;
  readonly information: InformationChainStore;
}

export function firstOf<K extends keyof StoreOf>(store: Pick<LedgerStore, 'stores'>, kind: K): StoreOf[K] {
  const first = store.stores().find(({ chain }): boolean => chain.contract.kind === kind);
  if (first === undefined) throw new Error(`there is no ${kind} chain`);
  return first as StoreOf[K];
}
