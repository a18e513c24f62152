/** If several upstreams serve a chain, makes sure that it is pulled from one at a time, unless that one stalls. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { sleep, type Clock } from '../../ledger/clock.js';

/**
 * After this long without a block, the chain is also pulled from another upstream; the first to deliver a block wins.
 */
const STALLED_MS = 1000;

export class PullingTurns {
  private readonly under = new Map<Hash, Promise<void>>();

  constructor(private readonly clock: Pick<Clock, 'after'>) {}

  /**
   * Waits until the chain is no longer being pulled from another upstream, or that one has delivered no block for a
   * while.
   * @param stop ends the wait
   * @returns a function that ends the turn
   */
  async begin(store: AnyChainStore, stop: AbortSignal): Promise<() => void> {
    const { id } = store.chain;
    for (let other = this.under.get(id); other !== undefined && !stop.aborted; other = this.under.get(id)) {
      const before = store.head().header.index;
      const over = new AbortController();
      const wake = AbortSignal.any([stop, over.signal]);
      const hasEnded = await Promise.race([
        other.then(() => true),
        sleep(this.clock, STALLED_MS, `turn:${store.chain.name}`, wake).then(() => false),
      ]);
      over.abort();
      if (!hasEnded && store.head().header.index === before) break;
    }
    let end = (): void => undefined;
    const turn = new Promise<void>((resolve) => (end = resolve));
    this.under.set(id, turn);
    return () => {
      if (this.under.get(id) === turn) this.under.delete(id);
      end();
    };
  }
}
