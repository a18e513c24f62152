/**
 * Cosigns the heads of followed chains that nobody asks for: this node serves its own cosignature with the checkpoint,
 * and so do the nodes that follow it.
 */
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Hash } from '../chain/bytes/bytes.js';
import { parseCheckpoint } from '../chain/note/checkpoint.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import { keyId } from '../chain/note/verifier-key.js';
import { consistencySteps } from '../chain/tree/proofs.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { checkpointOf } from '../ledger/checkpoints.js';
import type { Clock } from '../ledger/clock.js';
import type { Cosignatures } from '../ledger/cosignatures.js';
import { Unavailable } from '../ledger/errors.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { CosignedHeads } from '../ledger/store.js';
import type { Cosigner } from './cosigner.js';
import type { KnownLogs } from './known-logs.js';
import type { Recovery } from './recovery.js';

/** After a block. A log that collects cosignatures asks sooner, and is not told that the witness is ahead of it. */
export const UNASKED_AFTER_MS = 2_000;

export interface UnaskedParts {
  readonly key: VerifierKey;
  readonly logs: KnownLogs;
  readonly heads: Pick<CosignedHeads, 'last'>;
  readonly cosigner: Cosigner;
  readonly cosignatures: Cosignatures;
  readonly recovery: Recovery;
  readonly events: NodeEvents;
  readonly clock: Clock;
  readonly isFollowed: (chain: Hash) => boolean;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export class Unasked implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Witness');
  private readonly planned = new Map<Hash, () => void>();
  private unsubscribe: (() => void) | undefined;
  private isStopped = false;

  constructor(private readonly parts: UnaskedParts) {}

  onApplicationBootstrap(): void {
    this.unsubscribe = this.parts.events.onBlock(({ chain }) => {
      if (chain.origin === 'followed') this.plan(chain.id);
    });
    for (const { chain } of this.parts.logs.followed()) this.plan(chain.id);
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.unsubscribe?.();
    for (const cancel of this.planned.values()) cancel();
    this.parts.recovery.end();
  }

  private plan(id: Hash): void {
    if (this.planned.has(id)) return;
    const run = (): void => {
      this.planned.delete(id);
      const store = this.parts.logs.followed().find(({ chain }) => chain.id === id);
      if (store !== undefined) void this.cosign(store);
    };
    this.planned.set(id, this.parts.clock.after(UNASKED_AFTER_MS, run, `cosign:${id}`));
  }

  /** Cosigns the newest checkpoint unless this node has its own cosignature of it; a failure is tried again. */
  private async cosign(store: AnyChainStore): Promise<void> {
    const { id, name } = store.chain;
    try {
      await this.tryToCosign(store);
    } catch (error) {
      if (this.isStopped) return;
      if (!(error instanceof Unavailable)) {
        this.parts.fail(error);
        return;
      }
      this.logger.warn(`the checkpoint of ${name} is not cosigned, trying again: ${error.message}`);
      this.plan(id);
    }
  }

  private async tryToCosign(store: AnyChainStore): Promise<void> {
    const { recovery, heads, cosigner, cosignatures, key, isFollowed } = this.parts;
    await recovery.done(store);
    const signed = store.signedHead();
    if (signed === undefined || this.isStopped || !isFollowed(store.chain.id)) return;
    const { treeSize } = signed.header;
    const own = store.cosignatures(treeSize).some(({ name, id }) => name === key.name && id === keyId(key));
    const checkpoint = parseCheckpoint(checkpointOf(store, signed));
    if (own || typeof checkpoint === 'string') return;
    const oldSize = heads.last(checkpoint.origin)?.size ?? 0;
    // A database that was restored has to catch up with what was cosigned before.
    if (oldSize > treeSize) return;
    const proof = store.tree.hashes(consistencySteps(oldSize, treeSize));
    const answer = await cosigner.cosign({ oldSize, proof, checkpoint });
    if (answer.status === 200) cosignatures.take(store, checkpoint, [answer.cosignature]);
    // Somebody asked meanwhile: their cosignature is kept at the next turn.
    else if (answer.status === 409) this.plan(store.chain.id);
    else this.logger.error(`the checkpoint of ${store.chain.name} is not cosigned: ${answer.reason}`);
  }
}
