/** Wraps stores for planted mistakes: some members are replaced, all others are the real ones. */
import type { AnyChainStore } from '../../src/ledger/chain-store.js';
import type { LedgerStore } from '../../src/ledger/store.js';

/** @param others replace members of the same names */
export function wrapped<T extends object>(real: T, others: object): T {
  return new Proxy(real, {
    get(target, name) {
      if (name in others) return Reflect.get(others, name) as unknown;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** @param others the members to replace of one chain's store */
export function wrappedStores(real: LedgerStore, others: (store: AnyChainStore) => object): LedgerStore {
  const known = new Map<AnyChainStore, AnyChainStore>();
  const wrap = (store: AnyChainStore): AnyChainStore => {
    let made = known.get(store);
    if (made === undefined) {
      made = wrapped(store, others(store));
      known.set(store, made);
    }
    return made;
  };
  return wrapped(real, {
    store: (id: Parameters<LedgerStore['store']>[0]) => {
      const store = real.store(id);
      return store && wrap(store);
    },
    stores: () => real.stores().map(wrap),
  });
}
