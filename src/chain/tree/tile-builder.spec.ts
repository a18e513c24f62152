import { GoldenLog } from '../../../test/support/golden-log.js';
import { merkleRoot } from '../../../test/support/chain-builder.js';
import { toHex } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import { entryId } from '../entry/entry.js';
import { consistencySteps, verifyConsistency } from './proofs.js';
import { TileBuilder, type Tile } from './tile-builder.js';
import { TILE_WIDTH, tilePath } from './tile-path.js';
import { readProof, type HashTiles } from './tile-source.js';
import { decodeBundle, encodeBundle, newTiles, rootInTile } from './tiles.js';
import { Frontier } from './tree.js';

const COUNT = 66_000;
const ids = Array.from({ length: COUNT }, (_, i) => sha256(`\0${i}`));
const filesOf = (tiles: readonly Tile[]): Record<string, string> =>
  Object.fromEntries(tiles.map((tile) => [tilePath(tile), toHex(sha256(tile.bytes))]));
const after = (size: number): { builder: TileBuilder; full: readonly Tile[] } => {
  const builder = TileBuilder.empty();
  return { builder, full: builder.append(ids.slice(0, size)) };
};

describe('the tiles of a growing tree', () => {
  it('are those of the standard, full ones once and partial ones at each size', () => {
    for (const size of [0, 1, 255, 256, 257, 511, 512, 700]) {
      const { builder, full } = after(size);
      const tiles = [...full, ...builder.partials()];
      const names = newTiles(0, size).map(tilePath);
      expect({ size, paths: tiles.map(tilePath).sort() }).toEqual({ size, paths: names.sort() });
      for (const { level, index, width, bytes } of tiles) {
        const span = TILE_WIDTH ** level;
        const hashes = Array.from({ length: width }, (_, i) => {
          const first = (index * TILE_WIDTH + i) * span;
          return merkleRoot(ids.slice(first, first + span));
        });
        expect(toHex(bytes)).toBe(Buffer.concat(hashes).toString('hex'));
      }
    }
  });

  it('are the same by whatever runs its leaves come, over restarts as well', () => {
    const { builder: whole, full: expected } = after(COUNT);
    let builder = TileBuilder.empty();
    const full: Tile[] = [];
    for (let size = 0, step = 1; size < COUNT; size = builder.size, step = (step * 7 + 3) % 1021) {
      full.push(...builder.append(ids.slice(size, Math.min(COUNT, size + step + 1))));
      builder = TileBuilder.of(builder.partials(), builder.size)!;
    }
    expect(filesOf(full)).toEqual(filesOf(expected));
    expect(filesOf(builder.partials())).toEqual(filesOf(whole.partials()));
    expect(expected.map(({ level }) => level).filter((level) => level > 0)).toEqual([1]);
    expect(whole.partials().map(tilePath)).toEqual(['tile/0/257.p/208', 'tile/1/001.p/1', 'tile/2/000.p/1']);
  });

  it('give the proofs between its sizes', async () => {
    const { builder, full } = after(700);
    const files = new Map([...full, ...builder.partials()].map((tile) => [tilePath(tile), tile.bytes]));
    const tiles: HashTiles = {
      read: (names) => Promise.resolve(names.map((name) => files.get(tilePath(name)) as Uint8Array)),
    };
    const rootAt = (size: number): Uint8Array => {
      const tree = Frontier.empty();
      for (const id of ids.slice(0, size)) tree.append(id);
      return tree.root();
    };
    for (const [from, to] of [
      [1, 700],
      [256, 700],
      [300, 700],
      [699, 700],
    ] as const) {
      const proof = (await readProof(consistencySteps(from, to), 700, tiles)) ?? [];
      const [old, now] = [from, to].map((size) => ({ size, root: rootAt(size) }));
      expect(verifyConsistency(old!, now!, proof)).toBe(true);
    }
  });

  it('go on in a clone without changing the original', () => {
    const { builder } = after(300);
    const before = filesOf(builder.partials());
    const clone = builder.clone();
    clone.append(ids.slice(300, 600));
    expect([builder.size, clone.size]).toEqual([300, 600]);
    expect(filesOf(builder.partials())).toEqual(before);
  });

  it('go on only from the partial tiles of that size', () => {
    const partials = after(300).builder.partials();
    expect(TileBuilder.of(partials, 300)?.size).toBe(300);
    for (const size of [0, 256, 299, 301, 556, 300 + 65_536]) {
      expect(TileBuilder.of(partials, size)).toBeUndefined();
    }
    expect(TileBuilder.of(partials.slice(1), 300)).toBeUndefined();
    expect(TileBuilder.of([...partials, { ...partials[0]!, level: 5 }], 300)).toBeUndefined();
    expect(TileBuilder.of([], 0)?.size).toBe(0);
  });
});

describe('any byte of a file changed', () => {
  const log = new GoldenLog();
  const builder = TileBuilder.empty();
  builder.append(log.ids);
  const [tile] = builder.partials() as [Tile];
  const flipped = (bytes: Uint8Array, at: number, bit: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = (copy[at] as number) ^ (1 << bit);
    return copy;
  };

  it('is seen: a tile has another root', () => {
    const rootOf = (bytes: Uint8Array): string => toHex(rootInTile(bytes, { offset: 0, count: 4 })!);
    expect(rootOf(tile.bytes)).toBe(toHex(log.root()));
    for (let at = 0; at < tile.bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        expect(rootOf(flipped(tile.bytes, at, bit))).not.toBe(toHex(log.root()));
      }
    }
  });

  it('is seen: a bundle has other leaves than its tile', () => {
    const bundle = encodeBundle(log.leaves.map((leaf) => new TextEncoder().encode(leaf)));
    const idsOf = (bytes: Uint8Array): string | undefined =>
      decodeBundle(bytes, 4)
        ?.map((leaf) => toHex(sha256(Uint8Array.of(0, ...leaf))))
        .join('');
    expect(idsOf(bundle)).toBe(toHex(tile.bytes));
    expect(toHex(tile.bytes)).toBe(log.leaves.map((leaf) => toHex(entryId(leaf))).join(''));
    for (let at = 0; at < bundle.length; at++) {
      for (const bit of [0, 5, 7]) expect(idsOf(flipped(bundle, at, bit))).not.toBe(toHex(tile.bytes));
    }
  });
});
