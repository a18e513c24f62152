/** The only place that seals blocks: load, compute, commit, announce; one block of a chain at a time. */
import { blockHash, signedText, type BlockHeader, type SealedHeader } from '../../chain/block/block.js';
import { hashHex, type Signature } from '../../chain/bytes/bytes.js';
import { treeHead } from '../../chain/note/checkpoint.js';
import type { Clock } from '../../ledger/clock.js';
import type { BlockFilling } from './block-filling.js';
import type { ChainState } from '../chain/chain-state.js';
import type { ProducerMetrics } from '../chain/producer-metrics.js';
import type { Signer } from '../../keys/key-file.js';
import { signCheckpoint } from './checkpoints.js';
import { headerOnWire } from './wire-block.js';

export class Sealer {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param keep called right after each commit, before anybody can read the block (see {@link CheckpointFile})
   * @param onSealed called after each commit
   */
  constructor(
    private readonly state: ChainState,
    private readonly signer: Signer,
    private readonly clock: Clock,
    private readonly metrics: ProducerMetrics,
    private readonly filling: BlockFilling,
    private readonly keep: (block: SealedHeader) => void,
    private readonly onSealed: (block: SealedHeader) => void,
  ) {}

  /**
   * Seals the next block: the entries that were promised it, or none.
   * @returns its header, once it is on disk
   * @throws as {@link sealIf}
   */
  async sealNext(): Promise<SealedHeader> {
    return (await this.sealIf(() => true)) as SealedHeader;
  }

  /**
   * Seals the next block if `wanted` still returns true once the current one is sealed.
   * @returns undefined if it doesn't
   * @throws Unavailable if it can't be stored now: nothing has changed, and it can be retried
   * @throws FatalError, InvariantError: the process must stop
   */
  sealIf(wanted: () => boolean): Promise<SealedHeader | undefined> {
    const sealed = this.last.then(() => (wanted() ? this.seal() : undefined));
    this.last = sealed.catch(() => undefined);
    return sealed;
  }

  /** Resolves when no block is being sealed. */
  async idle(): Promise<void> {
    await this.last;
  }

  private async seal(): Promise<SealedHeader> {
    const { state, metrics } = this;
    const done = metrics.sealing(state.name);
    // load. From here on, accepted entries are promised a later block. A crash before the commit leaves the
    // entries waiting, each with its promise; the next start seals them as they were promised.
    const planned = state.plan.close();
    const parent = state.head;
    const end = await this.filling.finish();

    // compute
    const header = this.sign({
      chain: state.chain.id,
      index: planned.index,
      previousHash: parent.header.hash,
      timestamp: Math.max(this.clock.now(), parent.header.timestamp, end.lastEntryTimestamp ?? 0),
      treeRoot: hashHex(end.frontier.root()),
      treeSize: parent.header.treeSize + planned.entries,
    });
    this.filling.verifyHeader(headerOnWire(header), end);

    // commit. One transaction: the block and the head, which moves only from the parent. A crash before its end
    // leaves the parent as the head; one after leaves a block that was not announced yet, but is part of the chain.
    const { frontier, lastEntryTimestamp, book } = end;
    const checkpoint = this.checkpointOf(header);
    const block = { header, frontier, lastEntryTimestamp, entries: [], checkpoint };
    state.store.append(parent.header.hash, [block], book?.changes());
    // In the same turn: no request can read the block before its copy outside the database is on disk. A crash between
    // the two leaves a copy that is one block behind, which the next start updates.
    this.keep(header);

    // announce
    state.head = { header, frontier, lastEntryTimestamp };
    state.plan.sealed();
    state.book?.forget(header.treeSize);
    this.filling.begin();
    done();
    metrics.sealed(state.name, header.index, planned.entries, state.waiting);
    this.onSealed(header);
    return header;
  }

  /** Blocks without entries have their parent's checkpoint, since Ed25519 is deterministic. */
  private checkpointOf({ treeSize, treeRoot }: SealedHeader): Signature {
    const last = this.state.store.signedHead();
    return last?.header.treeSize === treeSize
      ? last.checkpoint
      : signCheckpoint(this.state.chain.id, treeHead(treeSize, treeRoot), this.signer);
  }

  private sign(header: BlockHeader): SealedHeader {
    return { ...header, hash: blockHash(header), signature: this.signer.sign(signedText(header)) };
  }
}
