/** Caches the bytes of the most recently read blocks of chains whose sealed blocks never change. */
import type { SealedHeader } from '../../chain/block/block.js';
import { blockPieces, type BlockPlace } from '../../ledger/reader.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import type { LedgerStore } from '../../ledger/store.js';
import { ReadCache } from './read-cache.js';

const BYTES_MAX = 32 * 1024 * 1024;
/** A longer block would evict too many others. */
const BLOCK_BYTES_MAX = BYTES_MAX / 8;
/**
 * A block with more entries is read in pieces each time, yielding in
 * between; this many take about a millisecond.
 */
const ENTRIES_MAX = 2000;

export class KeptBlocks {
  /** keyed by hash */
  private readonly blocks: ReadCache<string, Buffer>;

  constructor(store: LedgerStore) {
    this.blocks = new ReadCache(store, {
      sizeMax: BYTES_MAX,
      valueSizeMax: BLOCK_BYTES_MAX,
      sizeOf: ({ length }) => length,
    });
  }

  /** A block in its wire form, if it is cached. */
  find({ hash }: SealedHeader): Buffer | undefined {
    return this.blocks.get(hash);
  }

  /** The same, but reads and caches the block if necessary; undefined if it has too many entries for that. */
  read(store: AnyChainStore, place: BlockPlace): Buffer | undefined {
    const { header, firstSequence } = place;
    const kept = this.find(header);
    if (kept !== undefined) return kept;
    if (header.treeSize - firstSequence > ENTRIES_MAX) return undefined;
    const pieces = [...blockPieces(store, place)];
    const block = Buffer.concat(
      pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
    );
    this.blocks.set(header.hash, block);
    return block;
  }
}
