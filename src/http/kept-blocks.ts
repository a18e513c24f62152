/** Keeps the bytes of the token chain's blocks that were read last: a sealed block never changes. */
import type { SealedHeader } from '../chain/block.js';
import { blockPieces, type BlockPlace } from '../ledger/reader.js';
import type { LedgerStore } from '../ledger/store.js';

const BYTES_MAX = 32 * 1024 * 1024;
/** One that is longer would push out too many others. */
const BLOCK_BYTES_MAX = BYTES_MAX / 8;
/** A longer block is read in pieces each time, with turns for others in between: this many take about a millisecond. */
const ENTRIES_MAX = 2000;

export class KeptBlocks {
  /** By hash; the one that was used last comes last. */
  private readonly blocks = new Map<string, Buffer>();
  private bytes = 0;

  constructor(private readonly store: LedgerStore) {}

  /** A block in its wire form, if it is kept. */
  find({ hash }: SealedHeader): Buffer | undefined {
    const block = this.blocks.get(hash);
    if (block === undefined) return undefined;
    this.blocks.delete(hash);
    this.blocks.set(hash, block);
    return block;
  }

  /** The same, read and kept if it isn't yet; undefined when it is too long for that. */
  read(place: BlockPlace): Buffer | undefined {
    const { header, firstSequence } = place;
    const kept = this.find(header);
    if (kept !== undefined) return kept;
    if (header.treeSize - firstSequence > ENTRIES_MAX) return undefined;
    const pieces = [...blockPieces(this.store, 'token', place)];
    const block = Buffer.concat(
      pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
    );
    if (block.length <= BLOCK_BYTES_MAX) this.keep(header.hash, block);
    return block;
  }

  private keep(hash: string, block: Buffer): void {
    this.blocks.set(hash, block);
    this.bytes += block.length;
    for (const [oldest, { length }] of this.blocks) {
      if (this.bytes <= BYTES_MAX) return;
      this.blocks.delete(oldest);
      this.bytes -= length;
    }
  }
}
