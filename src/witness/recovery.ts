/**
 * A witness on a restored backup has forgotten what it cosigned since. Before it cosigns a chain for the first time, it
 * asks the other nodes for a larger checkpoint with its own cosignature, and never cosigns below that.
 */
import type { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { chainOrigin, parseCheckpoint } from '../chain/note/checkpoint.js';
import { verifyNote } from '../chain/note/signed-note.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import type { TreeHead } from '../chain/tree/proofs.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import type { Clock } from '../ledger/clock.js';
import { Unavailable } from '../ledger/errors.js';
import type { CosignedHeads, NodeRegistry } from '../ledger/store.js';
import { isStaticUrl, withoutStatic } from '../ledger/static-url.js';
import { RECOVERY_MS_MAX } from '../ledger/witness-limits.js';
import { NodeProbe } from '../peer/node-probe.js';
import type { KnownLogs } from './known-logs.js';

/** For one node. */
const NODE_MS = 2_000;
const NODES_AT_ONCE = 16;
/** Of a checkpoint with as many signatures as a note may have. */
const CHECKPOINT_BYTES_MAX = 64 * 1024;
/** Before the nodes are asked again, if what they showed can't be stored. */
const RETRY_SECONDS = 5;

export interface RecoveryParts {
  readonly key: VerifierKey;
  readonly logs: KnownLogs;
  readonly heads: CosignedHeads;
  readonly upstreams: readonly string[];
  readonly nodes: NodeRegistry;
  readonly clock: Clock;
  /** how nodes are asked; by default as usual */
  readonly http?: HttpService | undefined;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export class Recovery {
  private readonly logger = new Logger('Witness');
  private readonly stop = new AbortController();
  private readonly checked = new Map<string, Promise<void>>();

  constructor(private readonly parts: RecoveryParts) {}

  /**
   * Resolves once the other nodes were asked about a chain, each chain once in the life of this process. Nodes that don't
   * answer count for nothing.
   * @throws Unavailable if what they showed can't be stored now
   */
  done(store: AnyChainStore): Promise<void> {
    const origin = chainOrigin(store.chain.id);
    const known = this.checked.get(origin);
    if (known !== undefined) return known;
    const check = this.check(store, origin);
    this.checked.set(origin, check);
    check.catch((error: unknown) => {
      this.checked.delete(origin);
      if (!(error instanceof Unavailable)) this.parts.fail(error);
    });
    return check;
  }

  end(): void {
    this.stop.abort();
  }

  private async check(store: AnyChainStore, origin: string): Promise<void> {
    const shown = await this.askAll(store);
    if (this.stop.signal.aborted) throw new Unavailable('STOPPING', 'the node is stopping', RETRY_SECONDS);
    const { heads } = this.parts;
    const last = heads.last(origin);
    const largest = shown.toSorted((a, b) => b.size - a.size)[0];
    if (largest === undefined || largest.size <= (last?.size ?? 0)) return;
    heads.advance([{ origin, from: last, to: { size: largest.size, root: largest.root } }]);
    this.logger.warn(
      `the database is an older copy of itself: ${largest.url} shows a checkpoint of ${store.chain.name} with ` +
        `${largest.size} entries that this witness cosigned, while the database has ${last?.size ?? 0}. Nothing smaller ` +
        'is cosigned from now on',
    );
  }

  private async askAll(store: AnyChainStore): Promise<readonly Shown[]> {
    const { upstreams, nodes, clock } = this.parts;
    const registered = (await nodes.all()).map(({ url }) => url);
    const left = [...new Set([...upstreams, ...registered.toReversed()])];
    const over = new AbortController();
    const cancel = clock.after(RECOVERY_MS_MAX, () => over.abort());
    const signal = AbortSignal.any([over.signal, this.stop.signal]);
    const found: Shown[] = [];
    const askSome = async (): Promise<void> => {
      for (let url = left.shift(); url !== undefined && !signal.aborted; url = left.shift()) {
        const head = await this.ask(url, store, signal);
        if (head !== undefined) found.push({ url, ...head });
      }
    };
    await Promise.all(Array.from({ length: NODES_AT_ONCE }, askSome)).finally(cancel);
    return found;
  }

  /** The tree head in a node's checkpoint, if its log signed it and this witness cosigned it. */
  private async ask(
    url: string,
    { chain }: AnyChainStore,
    signal: AbortSignal,
  ): Promise<TreeHead | undefined> {
    const { clock, http, key, logs } = this.parts;
    const options = { signal, clock, http, bytesMax: CHECKPOINT_BYTES_MAX, timeoutMs: NODE_MS };
    const query = `?cosigner=${encodeURIComponent(key.name)}`;
    const [base, path] = isStaticUrl(url) ? [withoutStatic(url), ''] : [url, '/tlog'];
    try {
      const checkpoint = parseCheckpoint(
        await new NodeProbe(base, options).ask(`${path}/${chain.id}/checkpoint${query}`),
      );
      if (typeof checkpoint === 'string' || checkpoint.origin !== chainOrigin(chain.id)) return undefined;
      const byLog = logs.keys(checkpoint.origin);
      const verified = verifyNote(checkpoint.note, [...byLog, key]);
      if (typeof verified === 'string') return undefined;
      const isBoth = verified.some((by) => byLog.includes(by.key)) && verified.some((by) => by.key === key);
      return isBoth ? { size: checkpoint.size, root: checkpoint.root } : undefined;
    } catch {
      return undefined;
    }
  }
}

interface Shown extends TreeHead {
  readonly url: string;
}
