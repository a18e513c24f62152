import { sha256 } from '../bytes/sha256.js';
import { consistencySteps, inclusionSteps, verifyConsistency, verifyInclusion } from './proofs.js';
import { readProof, tilesOf, type HashTiles } from './tile-source.js';
import { tilePath, type TileName } from './tile-path.js';
import { Frontier, nodeHash } from './tree.js';

/** A tree of 5,000,000 leaves that are all the same: each level has one hash, and every tile can be made at once. */
const LEAF = sha256('\0a');
const LEVELS = Array.from({ length: 54 }, () => LEAF);
for (let level = 1; level < LEVELS.length; level++) {
  const below = LEVELS[level - 1] as Uint8Array;
  LEVELS[level] = nodeHash(below, below);
}

class Store implements HashTiles {
  readonly asked: string[] = [];
  constructor(private readonly cut = 0) {}

  read(names: readonly TileName[]): Promise<readonly Uint8Array[]> {
    this.asked.push(...names.map(tilePath));
    return Promise.resolve(
      names.map(({ level, width }) => {
        const hashes = Array.from({ length: width }, () => LEVELS[8 * level] as Uint8Array);
        return Uint8Array.from(Buffer.concat(hashes)).subarray(0, width * 32 - this.cut);
      }),
    );
  }
}

function rootOf(size: number): Uint8Array {
  const nodes: Uint8Array[] = [];
  for (let level = 53; level >= 0; level--) {
    if (Math.floor(size / 2 ** level) % 2 === 1) nodes.push(LEVELS[level] as Uint8Array);
  }
  return (Frontier.of(nodes, size) as Frontier).root();
}

const SIZES = [1, 2, 255, 256, 257, 65_536, 65_537, 5_000_000, 2 ** 32 + 1, 2 ** 53 - 1];

describe('a proof from tiles', () => {
  it.each(SIZES)('in a tree of %d entries needs few of them, in one call', async (size) => {
    const root = rootOf(size);
    for (const index of new Set([0, Math.floor(size / 3), Math.floor(size / 2), size - 1])) {
      const store = new Store();
      const proof = (await readProof(inclusionSteps(index, size), size, store)) ?? [];
      expect(verifyInclusion(LEAF, index, size, proof, root)).toBe(true);
      // Its own tile and the one at the right edge, of each level.
      expect(store.asked.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1) / 8));
      expect(new Set(store.asked).size).toBe(store.asked.length);
    }
    for (const oldSize of new Set([1, Math.ceil(size / 3), Math.ceil(size / 2), size])) {
      const store = new Store();
      const proof = (await readProof(consistencySteps(oldSize, size), size, store)) ?? [];
      expect(verifyConsistency({ size: oldSize, root: rootOf(oldSize) }, { size, root }, proof)).toBe(true);
      expect(store.asked.length).toBeLessThanOrEqual(3 * Math.ceil(Math.log2(size + 1) / 8));
    }
  });

  it('of 5,000,000 entries reads these', () => {
    expect(tilesOf(inclusionSteps(1_234_567, 5_000_000), 5_000_000).map(tilePath)).toEqual([
      'tile/0/x004/822',
      'tile/1/018',
      'tile/2/000.p/76',
      'tile/1/076.p/75',
      'tile/0/x019/531.p/64',
    ]);
  });

  it('is none where a tile is too short, and may come from a tile that is wider', async () => {
    const steps = inclusionSteps(3, 300);
    expect(await readProof(steps, 300, new Store(1))).toBeUndefined();
    expect(await readProof(steps, 300, { read: () => Promise.resolve([]) })).toBeUndefined();
    const full: HashTiles = {
      read: (names) => new Store().read(names.map((name) => ({ ...name, width: 256 }))),
    };
    const proof = (await readProof(steps, 300, full)) ?? [];
    expect(verifyInclusion(LEAF, 3, 300, proof, rootOf(300))).toBe(true);
  });
});
