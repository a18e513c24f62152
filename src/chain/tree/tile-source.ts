/** Proofs from hash tiles: which tiles a proof needs, a few for a tree of any size, and the hashes that they have. */
import { hashesOf, type HashSource } from './hash-source.js';
import type { ProofStep } from './proofs.js';
import { placeOf, rootInTile, tileWidth } from './tiles.js';
import { tilePath, type TileName } from './tile-path.js';

/** Port: hash tiles from wherever they are kept, a store, a folder or another node. */
export interface HashTiles {
  /**
   * The tiles in the order of the names. A tile may be wider than its name says, such as the full one in the place of a
   * partial one. Nothing is promised about the hashes: what is made of them is verified by who receives it.
   * @throws an operational error where a tile can't be read
   */
  read(names: readonly TileName[]): Promise<readonly Uint8Array[]>;
}

/**
 * The tiles that have the hashes of these steps, each once, in the width that they have in a tree of `size` leaves: at
 * most three a level of tiles, each level having 256 times fewer hashes than the one below.
 */
export function tilesOf(steps: readonly ProofStep[], size: number): readonly TileName[] {
  const names = new Map<string, TileName>();
  for (const node of steps.flat()) {
    const { level, index } = placeOf(node);
    const name: TileName = { kind: 'tile', level, index, width: tileWidth(level, index, size) };
    names.set(tilePath(name), name);
  }
  return [...names.values()];
}

/** The hashes in some tiles. @param tiles in the order of the names; an additional one counts for nothing */
export function tileSource(names: readonly TileName[], tiles: readonly Uint8Array[]): HashSource {
  const byPlace = new Map(names.map(({ level, index }, place) => [`${level}/${index}`, tiles[place]]));
  return (node) => {
    const place = placeOf(node);
    const tile = byPlace.get(`${place.level}/${place.index}`);
    return tile && rootInTile(tile, place);
  };
}

/**
 * The hashes of a proof in a tree of `size` leaves, with one call of the port.
 * @returns undefined where a tile is shorter than it has to be
 */
export async function readProof(
  steps: readonly ProofStep[],
  size: number,
  tiles: HashTiles,
): Promise<readonly Uint8Array[] | undefined> {
  const names = tilesOf(steps, size);
  return hashesOf(steps, tileSource(names, await tiles.read(names)));
}
