/**
 * Gossip: at every look, this node compares its sealed headers with those of the nodes that it knows, so that nodes which
 * were told two stories find out. It owns the timer; looks never overlap, and are bounded in nodes, bytes and time.
 */
import { setMaxListeners } from 'node:events';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { SealedHeader } from '../chain/block/block.js';
import type { Policy } from '../chain/note/policy.js';
import { ADVERTISEMENT_BYTES_MAX } from '../ledger/advertisement.js';
import type { Clock } from '../ledger/clock.js';
import type { Convictions } from '../ledger/convictions.js';
import { FatalError } from '../ledger/errors.js';
import { isStaticUrl } from '../ledger/static-url.js';
import type { LedgerStore, NodeRegistry } from '../ledger/store.js';
import { NodeChoice } from '../peer/node-choice.js';
import { NodeProbe, type ProbeOptions } from '../peer/node-probe.js';
import { Comparison } from './comparison.js';
import { PeerMemory } from './peer-memory.js';

/** Nodes of one look. */
export const PEERS_MAX = 16;
/** Nodes that are asked at once: each may have an answer of up to 16 MiB in memory. */
const PEERS_AT_ONCE = 4;
/** For one answer, without progress. */
const ANSWER_MS_MAX = 2_000;
/** For a whole look. */
const LOOK_MS_MAX = 10_000;

export interface GossipParts {
  readonly store: LedgerStore;
  readonly nodes: NodeRegistry;
  readonly convictions: Convictions;
  readonly clock: Clock;
  /** the nodes that the operator chose: upstreams, witnesses */
  readonly chosen: readonly string[];
  /** from the end of one look to the start of the next */
  readonly intervalMs: number;
  /** see {@link ComparisonParts.onKeyInUse} */
  readonly onKeyInUse: (chain: string, header: SealedHeader, url: string) => void;
  /** ends the process */
  readonly fail: (error: unknown) => void;
  readonly probe?: Pick<ProbeOptions, 'addressesOf'>;
}

/** The witnesses of a policy that are nodes. */
export function witnessUrls(policy: Policy | undefined): readonly string[] {
  return policy?.witnesses.flatMap(({ url }) => url ?? []) ?? [];
}

export class Gossip implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Gossip');
  private readonly stop = new AbortController();
  private readonly choice = new NodeChoice(PEERS_MAX);
  private readonly memory = new PeerMemory();
  private cancel: (() => void) | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: GossipParts) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** Resolves once nothing more is written. */
  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    this.cancel?.();
    await this.running;
  }

  /** Asks the peers of one look, and compares their chains with this node's. */
  async look(): Promise<void> {
    const { clock, store } = this.parts;
    if (store.chains().length === 0) return;
    const left = [...(await this.peers())];
    if (left.length === 0) return;
    const over = new AbortController();
    const cancel = clock.after(LOOK_MS_MAX, () => over.abort());
    const signal = AbortSignal.any([over.signal, this.stop.signal]);
    // Each request adds a listener, some more than one.
    setMaxListeners(0, signal);
    const askSome = async (): Promise<void> => {
      for (let url = left.shift(); url !== undefined && !signal.aborted; url = left.shift()) {
        this.choice.record(url, await this.compareWith(url, signal));
      }
    };
    await Promise.all(Array.from({ length: PEERS_AT_ONCE }, askSome)).finally(cancel);
  }

  private async peers(): Promise<readonly string[]> {
    const chosen = this.parts.chosen.filter((url) => !isStaticUrl(url));
    const registered = (await this.parts.nodes.all()).map(({ url }) => url);
    const all = [...new Set([...chosen, ...registered])];
    return this.choice.next(all, (url) => chosen.includes(url));
  }

  /** @returns whether it answered as a node */
  private async compareWith(url: string, signal: AbortSignal): Promise<boolean> {
    const { clock, probe } = this.parts;
    const ask = async (path: string, bytesMax: number): Promise<string | undefined> => {
      const options = { ...probe, signal, bytesMax, timeoutMs: ANSWER_MS_MAX, clock };
      // A node that does not answer, or answers with something else, proves nothing: others may, and there is a next time.
      return new NodeProbe(url, options).ask(path).catch(() => undefined);
    };
    const text = await ask('/chains', ADVERTISEMENT_BYTES_MAX);
    if (text === undefined || this.stop.signal.aborted) return false;
    return new Comparison(this.parts, this.memory, url, ask).take(text);
  }

  private schedule(): void {
    if (this.stop.signal.aborted) return;
    this.cancel = this.parts.clock.after(this.parts.intervalMs, () => this.start(), 'gossip');
  }

  private start(): void {
    this.running = this.look()
      .catch((error: unknown) => {
        if (error instanceof FatalError) this.parts.fail(error);
        else this.logger.warn(`the chains could not be compared with other nodes': ${String(error)}`);
      })
      .finally(() => {
        this.running = undefined;
        this.schedule();
      });
  }
}
