/** Chains and pages of blocks as what goes over the wire, in pieces. */
import type { SealedHeader } from '../../chain/block/block.js';
import { blockPieces, blocksInOrder, type BlockPlace, type Pieces } from '../../ledger/reader.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { LIMIT_DEFAULT, type PageDto } from '../dto/page.dto.js';
import type { KeptBlocks } from './kept-blocks.js';

/** Where blocks are read from. */
export interface BlockSource {
  readonly store: AnyChainStore;
  /** undefined where none are kept: reading all of a chain would push out what others read */
  readonly kept: KeptBlocks | undefined;
}

/** Blocks of a chain, `from` and `to` included. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** The blocks that a page asks for, or all of them where it asks for nothing. */
export function rangeOf(page: PageDto, head: number): BlockRange {
  return isWhole(page) ? { from: 1, to: head } : pageOf(page, head);
}

export function isWhole({ from, limit }: PageDto): boolean {
  return from === undefined && limit === undefined;
}

/** The blocks that a page asks for; the first ones where it asks for nothing. */
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
  /** what a block has in addition to its own fields, as JSON text with a comma at the end */
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

/** The fields of an object as JSON text, a comma after each. */
function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`)
    .join('');
}

/** A page of NDJSON ends at the first block that brings it to as many bytes. */
export const NDJSON_PAGE_BYTES = 8 * 1024 * 1024;

/** One block a line, at least one where there is one; ends early when it gets long. */
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

/** One block, with fields before its own as JSON text with a comma at the end. */
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
