/** The files of a tiled log (C2SP tlog-tiles, protocol section 9), made from a store: the same bytes for HTTP and for a static export. */
import { formatBlockLines } from '../chain/block/sealed-header-text.js';
import { kindOf } from '../chain/contract/kinds.js';
import { formatContentLines, type ContentLine } from '../chain/entry/content-text.js';
import { isErasureText } from '../chain/entry/erasure.js';
import { encodeBundle } from '../chain/tree/tiles.js';
import { TILE_HEIGHT, TILE_WIDTH, type TileName } from '../chain/tree/tile-path.js';
import { HASH_BYTES } from '../chain/tree/tree.js';
import type { AnyChainStore, StoredEntry } from './chain-store.js';

const UTF8 = new TextEncoder();

/** A hash tile, an entry bundle or a file of blocks. All its items must be sealed. */
export function tiledFile(store: AnyChainStore, name: TileName): Uint8Array {
  const { kind, level, index, width } = name;
  const from = index * TILE_WIDTH;
  switch (kind) {
    case 'tile':
      return level === 0 ? store.leafHashes(from, width) : upperTile(store, name);
    case 'entries':
      return bundleOf(store.entries(from, from + width, width));
    case 'block':
      return UTF8.encode(formatBlockLines(store.headers(from + 1, width)));
  }
}

function upperTile(store: AnyChainStore, { level, index, width }: TileName): Uint8Array {
  const from = index * TILE_WIDTH;
  const nodes = Array.from({ length: width }, (_, place) => ({
    level: level * TILE_HEIGHT,
    index: from + place,
  }));
  return Buffer.concat(nodes.map((node) => store.tree.root(node)));
}

/** The entry bundle of these entries. */
export function bundleOf(entries: readonly StoredEntry[]): Uint8Array {
  return encodeBundle(entries.map(({ leafText }) => UTF8.encode(leafText)));
}

/** The hash tile of level 0 over these entries. */
export function leafTileOf(entries: readonly StoredEntry[]): Uint8Array {
  const tile = Buffer.alloc(entries.length * HASH_BYTES);
  entries.forEach(({ id }, place) => tile.write(id, place * HASH_BYTES, 'hex'));
  return tile;
}

/** Whether the chain has files of content. */
export function hasContent({ chain }: AnyChainStore): boolean {
  return kindOf(chain.contract).mayBeErased;
}

/** The content of a record's file: a line for each of these entries, fewer than 256 if the chain has no more yet. */
export function contentOf(entries: readonly StoredEntry[]): string {
  return formatContentLines(entries.map(contentLine));
}

function contentLine({ content, leafText }: StoredEntry): ContentLine {
  if (content !== undefined) return content;
  return isErasureText(leafText) ? 'none' : 'erased';
}
