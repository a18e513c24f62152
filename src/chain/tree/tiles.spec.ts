import fc from 'fast-check';
import { GoldenLog } from '../../../test/support/golden-log.js';
import { toHex } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import { inclusionSteps, rootOver, rootStep, verifyInclusion } from './proofs.js';
import { decodeBundle, encodeBundle, newTiles, placeOf, rootInTile, tileWidth } from './tiles.js';
import { numberPath, parseNumberPath, parseTilePath, TILE_WIDTH, tilePath } from './tile-path.js';
import { Frontier, HASH_BYTES } from './tree.js';

describe('the path of a tile', () => {
  it.each([
    [{ kind: 'tile', level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ kind: 'tile', level: 1, index: 1_234_067, width: 256 }, 'tile/1/x001/x234/067'],
    [{ kind: 'tile', level: 63, index: 999, width: 1 }, 'tile/63/999.p/1'],
    [{ kind: 'entries', level: 0, index: 1000, width: 255 }, 'tile/entries/x001/000.p/255'],
    [{ kind: 'block', level: 0, index: 5, width: 256 }, 'block/005'],
    [{ kind: 'block', level: 0, index: 2 ** 53 - 1, width: 9 }, 'block/x009/x007/x199/x254/x740/991.p/9'],
  ] as const)('%j is %s', (name, path) => {
    expect(tilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it.each([
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/x001/x000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/000\n',
    'block/x999/x999/x999/x999/x999/x999/999',
    'entries/000',
    'tile/entries',
    '',
  ])('%j is none', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (index) => {
        expect(parseNumberPath(numberPath(index))).toBe(index);
      }),
    );
  });
});

/** A store of tiles that grows as blocks of these sizes come, each tile written once in each of its widths. */
class Tiles {
  readonly files = new Map<string, Uint8Array>();
  size = 0;

  grow(size: number, leafHash: (index: number) => Uint8Array): void {
    for (const name of newTiles(this.size, size)) {
      const hashes = Array.from({ length: name.width }, (_, i) => {
        const at = name.index * TILE_WIDTH + i;
        if (name.level === 0) return leafHash(at);
        const below = this.files.get(
          tilePath({ ...name, level: name.level - 1, index: at, width: TILE_WIDTH }),
        );
        return rootInTile(below as Uint8Array, { offset: 0, count: TILE_WIDTH }) as Uint8Array;
      });
      this.files.set(tilePath(name), Buffer.concat(hashes));
    }
    this.size = size;
  }

  /** The root of a perfect subtree, from the one tile that has it. */
  root(node: { level: number; index: number }): Uint8Array {
    const place = placeOf(node);
    const width = tileWidth(place.level, place.index, this.size);
    const tile = this.files.get(tilePath({ ...place, kind: 'tile', width }));
    return rootInTile(tile as Uint8Array, place) as Uint8Array;
  }
}

describe('tiles', () => {
  const leafHash = (index: number): Uint8Array => sha256(`\0${index}`);

  it('of a tree of 70,000 are those of the standard', () => {
    const partial = newTiles(0, 70_000).filter(({ width }) => width < TILE_WIDTH);
    expect(partial).toEqual([
      { kind: 'tile', level: 0, index: 273, width: 112 },
      { kind: 'tile', level: 1, index: 1, width: 17 },
      { kind: 'tile', level: 2, index: 0, width: 1 },
    ]);
    expect(newTiles(0, 70_000)).toHaveLength(273 + 1 + 1 + 1 + 1);
    expect(newTiles(0, 256)).toEqual([
      { kind: 'tile', level: 0, index: 0, width: 256 },
      { kind: 'tile', level: 1, index: 0, width: 1 },
    ]);
    expect(newTiles(300, 300)).toEqual([]);
  });

  it('grow with the chain, and hold the hashes of all proofs', () => {
    const tiles = new Tiles();
    const tree = Frontier.empty();
    for (const size of [1, 2, 255, 256, 257, 700, 1024, 65_535, 65_536, 66_000]) {
      while (tree.size < size) tree.append(leafHash(tree.size));
      tiles.grow(size, leafHash);
      const root = rootOver(rootStep(size).map((node) => tiles.root(node)));
      expect({ size, root: toHex(root) }).toEqual({ size, root: toHex(tree.root()) });
      for (const index of new Set([0, Math.floor(size / 2), Math.floor(size / 3), size - 1])) {
        const proof = inclusionSteps(index, size).map((step) =>
          rootOver(step.map((node) => tiles.root(node))),
        );
        expect(verifyInclusion(leafHash(index), index, size, proof, root)).toBe(true);
      }
    }
    expect(Math.max(...[...tiles.files.values()].map(({ length }) => length))).toBe(TILE_WIDTH * HASH_BYTES);
  });

  it('that are too short have no root', () => {
    expect(rootInTile(new Uint8Array(31), { offset: 0, count: 1 })).toBeUndefined();
    expect(rootInTile(new Uint8Array(96), { offset: 0, count: 4 })).toBeUndefined();
  });
});

describe('an entry bundle', () => {
  it('has each leaf after its length', () => {
    const leaves = [Uint8Array.of(), Uint8Array.of(7), new Uint8Array(300).fill(1)];
    const bundle = encodeBundle(leaves);
    expect([...bundle.subarray(0, 8)]).toEqual([0, 0, 0, 1, 7, 1, 44, 1]);
    expect(decodeBundle(bundle, 3)?.map((leaf) => [...leaf])).toEqual(leaves.map((leaf) => [...leaf]));
  });

  it('is refused where it is cut, or has another number of leaves', () => {
    const bundle = encodeBundle([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    for (let length = 0; length < bundle.length; length++) {
      expect(decodeBundle(bundle.subarray(0, length), 2)).toBeUndefined();
    }
    expect(decodeBundle(bundle, 1)).toBeUndefined();
    expect(decodeBundle(bundle, 3)).toBeUndefined();
    expect(decodeBundle(Uint8Array.of(), 0)).toEqual([]);
  });

  it('holds leaves up to 65,535 bytes', () => {
    const longest = new Uint8Array(65_535);
    expect(decodeBundle(encodeBundle([longest]), 1)?.[0]).toHaveLength(65_535);
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow('a leaf of 65536 bytes fits in no bundle');
  });
});

test('the golden chain’s tile and bundle have the bytes that they had in the first version, forever', () => {
  const log = new GoldenLog();
  expect(newTiles(0, 4)).toEqual([{ kind: 'tile', level: 0, index: 0, width: 4 }]);
  expect(toHex(sha256(Buffer.concat(log.ids)))).toBe(
    'c61111859c3ca0d79b51d7d03d992696ed1306aaba3e536b4aa7197c7931c785',
  );
  const bundle = encodeBundle(log.leaves.map((leaf) => new TextEncoder().encode(leaf)));
  expect([bundle.length, toHex(sha256(bundle))]).toEqual([
    1045,
    'f89b6ffbeedb89c85a5af2ac1ea361c69e59bd0288b3dd753916588023aad006',
  ]);
});
