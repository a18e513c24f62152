/** Hash tiles and entry bundles: what they hold, and where a node of the tree is found (C2SP tlog-tiles). */
import type { TreeNode } from './proofs.js';
import { TILE_HEIGHT, TILE_WIDTH, type TileName } from './tile-path.js';
import { HASH_BYTES, nodeHash } from './tree.js';

/** Where the hashes under a node stand: `count` of them from `offset` on in a tile, in hashes. */
export interface PlaceInTile {
  readonly level: number;
  readonly index: number;
  readonly offset: number;
  readonly count: number;
}

/** The tile that a perfect subtree's root is computed from: the one with the fewest hashes to join. */
export function placeOf({ level, index }: TreeNode): PlaceInTile {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level % TILE_HEIGHT);
  const first = index * count;
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH), offset: first % TILE_WIDTH, count };
}

/** The root over the hashes of a place. @returns undefined where the tile is shorter */
export function rootInTile(
  tile: Uint8Array,
  { offset, count }: Pick<PlaceInTile, 'offset' | 'count'>,
): Uint8Array | undefined {
  if (tile.length < (offset + count) * HASH_BYTES) return undefined;
  if (count === 1) return tile.slice(offset * HASH_BYTES, (offset + 1) * HASH_BYTES);
  const middle = count / 2;
  const left = rootInTile(tile, { offset, count: middle });
  const right = rootInTile(tile, { offset: offset + middle, count: middle });
  return left === undefined || right === undefined ? undefined : nodeHash(left, right);
}

/** The width of the tile at this place in a tree of `size` leaves: 0 where there is none, 256 where it is full. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/**
 * The hash tiles that a tree of `size` leaves has and one of `oldSize` hasn't, each in the width that it has then: the
 * lower levels first, since a higher one is computed from them.
 */
export function newTiles(oldSize: number, size: number): readonly TileName[] {
  const tiles: TileName[] = [];
  for (let level = 0, span = 1; Math.floor(size / span) > 0; level++, span *= TILE_WIDTH) {
    const [before, now] = [Math.floor(oldSize / span), Math.floor(size / span)];
    if (now === before) continue;
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < now; index++) {
      tiles.push({ kind: 'tile', level, index, width: Math.min(TILE_WIDTH, now - index * TILE_WIDTH) });
    }
  }
  return tiles;
}

/** The longest leaf that a bundle can hold. A rule of intake and of verification. */
export const LEAF_BYTES_MAX = 65_535;

/** An entry bundle: each leaf after its length, 16 bits big-endian. @throws RangeError for a leaf that is too long */
export function encodeBundle(leaves: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(leaves.reduce((sum, leaf) => sum + 2 + leaf.length, 0));
  let at = 0;
  for (const leaf of leaves) {
    if (leaf.length > LEAF_BYTES_MAX)
      throw new RangeError(`a leaf of ${leaf.length} bytes fits in no bundle`);
    bytes[at] = leaf.length >> 8;
    bytes[at + 1] = leaf.length & 0xff;
    bytes.set(leaf, at + 2);
    at += 2 + leaf.length;
  }
  return bytes;
}

/** The leaves of a bundle, which has to have exactly `count`; undefined otherwise. */
export function decodeBundle(bytes: Uint8Array, count: number): readonly Uint8Array[] | undefined {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length || leaves.length === count) return undefined;
    const end = at + 2 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
    if (end > bytes.length) return undefined;
    leaves.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return leaves.length === count ? leaves : undefined;
}
