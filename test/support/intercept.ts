/** For tests: puts something between a producer and its store, to count calls or to make them fail. */
import type { AnyChainStore } from '../../src/ledger/chain-store.js';
import type { Acceptance, LedgerStore } from '../../src/ledger/store.js';

/** Of every chain. @param by calls the original, or doesn't */
export function interceptChains<Name extends 'append' | 'entriesOnWire'>(
  store: LedgerStore,
  name: Name,
  by: (
    original: () => ReturnType<AnyChainStore[Name]>,
    ...given: Parameters<AnyChainStore[Name]>
  ) => ReturnType<AnyChainStore[Name]>,
): LedgerStore {
  for (const chain of store.stores()) {
    const method = chain[name].bind(chain) as (
      ...given: Parameters<AnyChainStore[Name]>
    ) => ReturnType<AnyChainStore[Name]>;
    Object.assign(chain, {
      [name]: (...given: Parameters<AnyChainStore[Name]>) => by(() => method(...given), ...given),
    });
  }
  return store;
}

/** The commits of what was accepted. */
export function interceptAccept(
  store: LedgerStore,
  by: (original: () => void, parts: readonly Acceptance[]) => void,
): LedgerStore {
  const accept = store.acceptTogether.bind(store);
  store.acceptTogether = (parts) => by(() => accept(parts), parts);
  return store;
}
