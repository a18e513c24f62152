/** Collects cosignatures from the witnesses of this node's policy, after each block and never in its way. */
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { HttpService } from '@nestjs/axios';
import type { Registry } from 'prom-client';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Policy, PolicyWitness } from '../chain/note/policy.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import type { Clock } from '../ledger/clock.js';
import type { Cosignatures } from '../ledger/cosignatures.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { LedgerStore } from '../ledger/store.js';
import { Asking, type AskingParts } from './asking.js';
import { CollectingMetrics, type WitnessLag } from './collecting-metrics.js';
import { Turns } from './turns.js';
import { WitnessClient } from './witness-client.js';

/** Requests at one witness at a time, for all chains together. */
const REQUESTS_PER_WITNESS = 8;
/** A chain's own producer asks first; its followers ask for what it did not get. */
export const FOLLOWED_AFTER_MS = 3_000;

export interface CollectingParts {
  readonly policy: Policy | undefined;
  readonly store: LedgerStore;
  readonly cosignatures: Cosignatures;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  readonly clock: Clock;
  /** how witnesses are asked; by default as usual */
  readonly http?: HttpService | undefined;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

/** @returns undefined if the policy has no witness with a URL */
export function collecting({ policy, ...parts }: CollectingParts): Collecting | undefined {
  const witnesses = policy?.witnesses.filter(({ url }) => url !== undefined) ?? [];
  return witnesses.length === 0 ? undefined : new Collecting({ ...parts, witnesses });
}

type Parts = Omit<CollectingParts, 'policy'> & { readonly witnesses: readonly PolicyWitness[] };
type Shared = Pick<AskingParts, 'witness' | 'client' | 'turns'>;

export class Collecting implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private readonly witnesses: readonly Shared[];
  private readonly metrics: CollectingMetrics;
  private readonly askings = new Map<Hash, readonly Asking[]>();
  private readonly delayed = new Map<Hash, () => void>();
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly parts: Parts) {
    const { clock, http, witnesses } = parts;
    this.witnesses = witnesses.map((witness) => {
      const options = { url: witness.url ?? '', key: witness.key, clock, http, stop: this.stop.signal };
      return { witness, client: new WitnessClient(options), turns: new Turns(REQUESTS_PER_WITNESS) };
    });
    const names = witnesses.map(({ name }) => name);
    this.metrics = new CollectingMetrics(parts.metrics, names, () => this.lags());
  }

  /** What an earlier process did not get, of the newest checkpoints, is asked for at once. */
  onApplicationBootstrap(): void {
    this.unsubscribe = this.parts.events.onBlock(({ chain }) => this.wake(chain.id));
    for (const { chain } of this.parts.store.stores()) this.wake(chain.id);
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
    this.stop.abort();
    for (const cancel of this.delayed.values()) cancel();
    for (const asking of [...this.askings.values()].flat()) asking.stop();
  }

  private wake(id: Hash): void {
    if (this.delayed.has(id)) return;
    const store = this.parts.store.store(id);
    if (store === undefined) return;
    const begin = (): void => {
      this.delayed.delete(id);
      for (const asking of this.askingsOf(store)) asking.wake();
    };
    // Not in the turn in which the block is announced: nothing that waits for it waits for this.
    const ms = store.chain.origin === 'followed' ? FOLLOWED_AFTER_MS : 0;
    this.delayed.set(id, this.parts.clock.after(ms, begin, `witnesses:${store.chain.name}`));
  }

  private askingsOf(store: AnyChainStore): readonly Asking[] {
    const { id } = store.chain;
    const known = this.askings.get(id);
    if (known !== undefined) return known;
    const { cosignatures, clock, fail } = this.parts;
    const shared = { store, cosignatures, metrics: this.metrics, clock, fail };
    const askings = this.witnesses.map((each) => new Asking({ ...shared, ...each }));
    this.askings.set(id, askings);
    return askings;
  }

  private lags(): readonly WitnessLag[] {
    return this.parts.store.stores().flatMap((store) => {
      const { header } = store.head();
      return this.askingsOf(store).map((asking, place): WitnessLag => {
        const size = asking.cosignedSize() ?? 0;
        const last = size === header.treeSize ? header.index : (store.headerOfSize(size)?.index ?? 1);
        return {
          chain: store.chain.name,
          witness: this.witnesses[place]?.witness.name ?? '',
          blocks: header.index - last,
          entries: header.treeSize - size,
        };
      });
    });
  }
}
