/** Serializes chains and pages of blocks for the wire, piece by piece. */
import type { SealedHeader } from '../../chain/block/block.js';
import { blockPieces, blocksInOrder, type BlockPlace, type Pieces } from '../../ledger/reader.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { LIMIT_DEFAULT, type PageDto } from '../dto/page.dto.js';
import type { KeptBlocks } from './kept-blocks.js';

/** The store, and optionally the cache, from which blocks are read. */
export interface BlockSource {
  readonly store: AnyChainStore;
  /** undefined to bypass the cache: reading a whole chain would evict blocks that others read */
  readonly kept: KeptBlocks | undefined;
}

/** A range of block indexes, `from` and `to` inclusive. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** The blocks of the requested page, or all blocks if the query is empty. */
export function rangeOf(page: PageDto, head: number): BlockRange {
  return isWhole(page) ? { from: 1, to: head } : pageOf(page, head);
}

export function isWhole({ from, limit }: PageDto): boolean {
  return from === undefined && limit === undefined;
}

/** The blocks of the requested page; the first page if the query is empty. */
export function pageOf(page: PageDto, head: number): BlockRange {
  const { from = 1, limit = LIMIT_DEFAULT } = page;
  return { from, to: Math.min(head, from + limit - 1) };
}

/** The parts of a JSON object around an array of blocks. */
export interface Envelope {
  /** fields before the blocks */
  readonly before?: Readonly<Record<string, unknown>>;
  /** the name of the array */
  readonly field: string;
  /** fields after the blocks */
  readonly after: Readonly<Record<string, unknown>>;
  /** additional fields for a block, as JSON text with a trailing comma */
  readonly extra?: (header: SealedHeader) => string;
}

/** `{…before, "field": [blocks], …after}` */
export function* envelopeText(source: BlockSource, range: BlockRange, envelope: Envelope): Pieces {
  const { before = {}, field, after, extra } = envelope;
  yield `{${fieldsText(before)}${JSON.stringify(field)}:[`;
  for (const place of blocksInOrder(source.store, range.from, range.to)) {
    if (place.header.index > range.from) yield ',';
    yield* piecesOf(source, place, extra?.(place.header));
  }
  const rest = fieldsText(after);
  yield `]${rest === '' ? '' : `,${rest.slice(0, -1)}`}}`;
}

/** The fields of an object as JSON text, each followed by a comma. */
function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`)
    .join('');
}

/** A page of NDJSON ends with the block at which it reaches this size. */
export const NDJSON_PAGE_BYTES = 8 * 1024 * 1024;

/** One block per line; ends early at {@link NDJSON_PAGE_BYTES}, but never before the first block. */
export function* ndjsonText(source: BlockSource, range: BlockRange): Pieces {
  let bytes = 0;
  for (const place of blocksInOrder(source.store, range.from, range.to)) {
    for (const piece of piecesOf(source, place)) {
      bytes += piece.length;
      yield piece;
    }
    yield '\n';
    if (bytes >= NDJSON_PAGE_BYTES) return;
  }
}

/** One block. @param extra fields to put before the block's own, as JSON text with a trailing comma */
export function* oneBlockText(source: BlockSource, header: SealedHeader, extra = ''): Pieces {
  const { store } = source;
  yield* piecesOf(source, { header, firstSequence: store.header(header.index - 1)?.treeSize ?? 0 }, extra);
}

function* piecesOf({ store, kept }: BlockSource, place: BlockPlace, extra = ''): Pieces {
  const block = kept?.read(store, place);
  if (block === undefined) {
    yield* blockPieces(store, place, extra);
  } else if (extra === '') {
    yield block;
  } else {
    yield `{${extra}`;
    yield block.subarray(1);
  }
}
