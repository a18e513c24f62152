/** A witness's answer to a log that asks for a cosignature (C2SP tlog-witness, protocol section 11). */
import { equalBytes, hashHex, type Hash } from '../chain/bytes/bytes.js';
import {
  parseAddCheckpoint,
  refusalOf,
  type AddCheckpoint,
  type WitnessRefusal,
} from '../chain/note/add-checkpoint.js';
import type { Checkpoint } from '../chain/note/checkpoint.js';
import { formatNote } from '../chain/note/signed-note.js';
import { kindOf } from '../chain/contract/kinds.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import type { Clock } from '../ledger/clock.js';
import { Unavailable } from '../ledger/errors.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { Puller } from '../ledger/puller.js';
import type { CosignedHeads } from '../ledger/store.js';
import { PULL_MS_MAX } from '../ledger/witness-limits.js';
import { Complaints } from './complaints.js';
import type { Cosigner, CosignerAnswer } from './cosigner.js';
import type { Equivocations } from './equivocations.js';
import type { KnownLogs } from './known-logs.js';
import type { Recovery } from './recovery.js';

/** Requests that wait for a block at once: each is in memory. */
const WAITING_MAX = 64;
const RETRY_SECONDS = 1;

export interface WitnessParts {
  readonly logs: KnownLogs;
  readonly heads: Pick<CosignedHeads, 'last'>;
  readonly cosigner: Cosigner;
  readonly recovery: Recovery;
  readonly equivocations: Equivocations;
  readonly puller: Puller;
  readonly events: NodeEvents;
  readonly clock: Clock;
  /** Whether a chain is still followed: its producer broke no rule. */
  readonly isFollowed: (chain: Hash) => boolean;
}

export class Witness {
  private readonly complaints: Complaints;
  private waiting = 0;

  constructor(private readonly parts: WitnessParts) {
    this.complaints = new Complaints(parts.clock);
  }

  /**
   * @param body of the request, from anybody
   * @throws Unavailable if the block was not pulled in time, or the answer can't be stored now
   */
  async answer(body: string): Promise<CosignerAnswer> {
    const { logs, heads, cosigner } = this.parts;
    const request = parseAddCheckpoint(body);
    if (typeof request === 'string') return { status: 400, reason: request };
    const { origin } = request.checkpoint;
    const store = logs.chain(origin);
    // First what costs least: a stranger can't make this node pull, nor wait.
    const refusal = refusalOf(request, logs.keys(origin), heads.last(origin));
    if (refusal !== undefined) return this.refused(request, refusal);
    if (store !== undefined) {
      const mismatch = await this.mismatch(store, request);
      if (mismatch !== undefined) return this.refused(request, mismatch);
    }
    const answer = await cosigner.cosign(request);
    return answer.status === 200 ? answer : this.refused(request, answer);
  }

  /**
   * Why a checkpoint of a followed chain is not cosigned, though its producer signed it: it is not that of a block which
   * this node verified and stored.
   */
  private async mismatch(
    store: AnyChainStore,
    { checkpoint }: AddCheckpoint,
  ): Promise<WitnessRefusal | undefined> {
    const { name, id } = store.chain;
    const { size, root } = checkpoint;
    if (!this.parts.isFollowed(id)) {
      return { status: 403, reason: `${name} is not followed any more: its producer broke a rule` };
    }
    if (!(await this.isPulled(store, size))) {
      const missing = `${kindOf(store.chain.contract).entryName} ${size - 1} of ${name} is not here yet`;
      throw new Unavailable('NOT_SYNCED', `${missing}: try again later`, RETRY_SECONDS);
    }
    // Before the first cosignature of this process: the database may be an older copy of itself.
    await this.parts.recovery.done(store);
    const header = store.headerOfSize(size);
    if (header === undefined) return { status: 422, reason: `no block of ${name} ends at ${size} entries` };
    if (header.treeRoot === hashHex(root)) return undefined;
    return { status: 422, reason: `block ${header.index} of ${name} has another root: ${header.treeRoot}` };
  }

  /** Pulls, and waits for the block that makes a chain this long. */
  private async isPulled(store: AnyChainStore, size: number): Promise<boolean> {
    const isThere = (): boolean => store.head().header.treeSize >= size;
    if (isThere()) return true;
    if (this.waiting >= WAITING_MAX) {
      throw new Unavailable('QUEUE_FULL', `${WAITING_MAX} requests wait for blocks already`, RETRY_SECONDS);
    }
    this.waiting++;
    const { clock, events, puller } = this.parts;
    const stops: (() => void)[] = [];
    try {
      const pulled = new Promise<void>((resolve) => {
        stops.push(clock.after(PULL_MS_MAX, resolve));
        stops.push(events.onBlock(() => isThere() && resolve()));
      });
      puller.pull();
      await pulled;
      return isThere();
    } finally {
      this.waiting--;
      for (const stop of stops) stop();
    }
  }

  /** What its log signed, and is inconsistent, may prove that the log told two stories. */
  private async refused(request: AddCheckpoint, refusal: WitnessRefusal): Promise<WitnessRefusal> {
    if (refusal.status !== 422) return refusal;
    const { oldSize, checkpoint } = request;
    const { origin, size, root, note } = checkpoint;
    if (await this.hasConvicted(checkpoint)) return refusal;
    const last = this.parts.heads.last(origin);
    const sent = `a checkpoint of ${size} entries that ${origin} signed, sent with old ${oldSize}, is not cosigned`;
    const shown = JSON.stringify(formatNote(note));
    if (last?.size === size && !equalBytes(last.root, root)) {
      const roots = `${hashHex(last.root)}, which this witness cosigned, and ${hashHex(root)}`;
      this.complaints.error(origin, `EQUIVOCATION: ${sent}: it signed two roots, ${roots}: ${shown}`);
    } else this.complaints.warn(origin, `${sent}: ${refusal.reason}: ${shown}`);
    return refusal;
  }

  /** Whether the checkpoint contradicts a verified block of a followed chain: then its producer signed two stories. */
  private async hasConvicted(checkpoint: Checkpoint): Promise<boolean> {
    const { logs, isFollowed, equivocations } = this.parts;
    const store = logs.chain(checkpoint.origin);
    if (store === undefined || !isFollowed(store.chain.id)) return false;
    return equivocations.report(store, checkpoint);
  }
}
