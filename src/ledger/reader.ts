/** Reads the chains in their wire form, in pieces, so that memory use stays constant. */
import { sealedHeaderText, type SealedHeader } from '../chain/block/block.js';
import { entryWireText } from '../chain/entry/entry.js';
import { kindOf, type ChainKind } from '../chain/contract/kinds.js';
import type { AnyChainStore, StoredEntry } from './chain-store.js';

/** Headers read at a time. */
const HEADERS_PER_READ = 100;

/** JSON text, or its bytes: the store returns entries as the bytes that are sent. */
export type Piece = string | Uint8Array;
export type Pieces = Generator<Piece, void, void>;

/** A stored entry's wire form, as JSON text. */
export function storedEntryText(entry: StoredEntry, kind: ChainKind): string {
  return entryWireText(entry.leafText, entry.id, kind, entry.content);
}

/** A block, and where its entries begin. */
export interface BlockPlace {
  readonly header: SealedHeader;
  /** the previous block's tree size */
  readonly firstSequence: number;
}

/**
 * A block's wire form, in pieces.
 * @param extra fields to put before the others, as JSON text with a trailing comma
 */
export function* blockPieces(
  store: AnyChainStore,
  { header, firstSequence }: BlockPlace,
  extra = '',
): Pieces {
  const { entriesField, entriesPerPiece } = kindOf(store.chain.contract);
  yield `{${extra}${sealedHeaderText(header).slice(1)},"${entriesField}":[`;
  for (let from = firstSequence; from < header.treeSize; from += entriesPerPiece) {
    if (from > firstSequence) yield ',';
    yield store.entriesOnWire(from, Math.min(header.treeSize, from + entriesPerPiece));
  }
  yield ']}';
}

/** The blocks with `from <= index <= to`, in order. */
export function* blocksInOrder(
  store: AnyChainStore,
  from: number,
  to: number,
): Generator<BlockPlace, void, void> {
  let firstSequence = from <= 1 ? 0 : (store.header(from - 1)?.treeSize ?? 0);
  for (let next = Math.max(from, 1); next <= to;) {
    const headers = store.headers(next, Math.min(HEADERS_PER_READ, to - next + 1));
    if (headers.length === 0) return;
    for (const header of headers) {
      yield { header, firstSequence };
      firstSequence = header.treeSize;
    }
    next += headers.length;
  }
}
