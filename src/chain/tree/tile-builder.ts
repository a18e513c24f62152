/** Hash tiles as a tree grows: each full tile once, when its last hash comes, and the partial ones at the edge (C2SP tlog-tiles). */
import { TILE_WIDTH, type TileName } from './tile-path.js';
import { rootInTile, tileWidth } from './tiles.js';
import { HASH_BYTES } from './tree.js';

/** A hash tile with its bytes, `width` hashes of 32. */
export interface Tile extends TileName {
  readonly bytes: Uint8Array;
}

/**
 * Keeps the partial tile of each level, 8 KiB at most, and no more. A tree of n leaves costs n hashes, those of a
 * frontier; its full tiles take 32 bytes a leaf, and 1/256 of that for all the higher levels.
 */
export class TileBuilder {
  private constructor(
    /** by level */
    private readonly edge: Uint8Array[],
    private length: number,
  ) {}

  static empty(): TileBuilder {
    return new TileBuilder([], 0);
  }

  /**
   * Goes on where a tree of `size` leaves stopped.
   * @param partials those that it had, as {@link partials} gave them
   * @returns undefined where they are not the partial tiles of that size
   */
  static of(partials: readonly Tile[], size: number): TileBuilder | undefined {
    const edge: Uint8Array[] = [];
    const byLevel = new Map(partials.map((tile) => [tile.level, tile]));
    let [level, hashes, used] = [0, size, 0];
    for (; hashes > 0; level++, hashes = (hashes - (hashes % TILE_WIDTH)) / TILE_WIDTH) {
      const [width, index] = [hashes % TILE_WIDTH, (hashes - (hashes % TILE_WIDTH)) / TILE_WIDTH];
      const bytes = new Uint8Array(TILE_WIDTH * HASH_BYTES);
      edge.push(bytes);
      if (width === 0) continue;
      const tile = byLevel.get(level);
      if (tile?.index !== index || tile.bytes.length !== width * HASH_BYTES) return undefined;
      bytes.set(tile.bytes);
      used++;
    }
    return used === partials.length ? new TileBuilder(edge, size) : undefined;
  }

  /** Leaves in the tree. */
  get size(): number {
    return this.length;
  }

  clone(): TileBuilder {
    return new TileBuilder(
      this.edge.map((bytes) => bytes.slice()),
      this.length,
    );
  }

  /**
   * @param leafHashes 32 bytes each
   * @returns the tiles that are full now, a lower one before the one that has its root
   */
  append(leafHashes: Iterable<Uint8Array>): readonly Tile[] {
    const full: Tile[] = [];
    for (const hash of leafHashes) {
      this.put(0, this.length, hash, full);
      this.length++;
    }
    return full;
  }

  /** The tiles at the edge, the lowest level first; none of them is empty. */
  partials(): readonly Tile[] {
    return this.edge.flatMap((bytes, level) => {
      const hashes = Math.floor(this.length / TILE_WIDTH ** level);
      const index = Math.floor(hashes / TILE_WIDTH);
      const width = tileWidth(level, index, this.length);
      const name = { kind: 'tile', level, index, width } as const;
      return width === 0 ? [] : [{ ...name, bytes: bytes.slice(0, width * HASH_BYTES) }];
    });
  }

  private put(level: number, position: number, hash: Uint8Array, full: Tile[]): void {
    const bytes = (this.edge[level] ??= new Uint8Array(TILE_WIDTH * HASH_BYTES));
    const offset = position % TILE_WIDTH;
    bytes.set(hash, offset * HASH_BYTES);
    if (offset < TILE_WIDTH - 1) return;
    const index = (position - offset) / TILE_WIDTH;
    full.push({ kind: 'tile', level, index, width: TILE_WIDTH, bytes: bytes.slice() });
    const root = rootInTile(bytes, { offset: 0, count: TILE_WIDTH });
    if (root !== undefined) this.put(level + 1, index, root, full);
  }
}
