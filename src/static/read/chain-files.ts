/** The files of one chain, read one by one: their forms only, nothing in them is verified. */
import { isUtf8 } from 'node:buffer';
import { parseBlockLines } from '../../chain/block/sealed-header-text.js';
import type { SealedHeader } from '../../chain/block/block.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { INFORMATION_BYTES_MAX } from '../../chain/entry/entry-fields.js';
import { decodeBundle, LEAF_BYTES_MAX } from '../../chain/tree/tiles.js';
import { TILE_WIDTH, numberPath, tilePath, type TileName } from '../../chain/tree/tile-path.js';
import { HASH_BYTES } from '../../chain/tree/tree.js';
import { BadFile, MissingFile, textOf, type LogHost } from './log-host.js';

const HEADER_LINE_MAX = 1024;
const CONTENT_LINE_MAX = INFORMATION_BYTES_MAX + 128;

const BYTES_MAX = {
  tile: TILE_WIDTH * HASH_BYTES,
  entries: TILE_WIDTH * (2 + LEAF_BYTES_MAX),
  block: TILE_WIDTH * HEADER_LINE_MAX,
} as const;

/** What the files of a chain have, by its head.json: they are named by it. */
export interface FileSizes {
  readonly blocks: number;
  readonly entries: number;
}

export class ChainFiles {
  constructor(
    private readonly host: LogHost,
    private readonly chain: Hash,
    private readonly sizes: FileSizes,
  ) {}

  /** The sealed headers of the blocks 256 · `index` + 1 and up, as many as there are. @throws MissingFile, BadFile */
  async blocks(index: number): Promise<readonly SealedHeader[]> {
    const width = widthOf(index, this.sizes.blocks);
    const { path, bytes, width: has } = await this.tiled({ kind: 'block', level: 0, index, width });
    const blocks = parseBlockLines(textOf(path, bytes), index, has);
    if (typeof blocks === 'string') throw new BadFile(path, `the headers of ${has} blocks`, blocks, bytes);
    return blocks.slice(0, width);
  }

  /** The leaves of the entries from sequence 256 · `index` on, as many as there are. @throws MissingFile, BadFile */
  async leaves(index: number): Promise<readonly Uint8Array[]> {
    const width = widthOf(index, this.sizes.entries);
    const { path, bytes, width: has } = await this.tiled({ kind: 'entries', level: 0, index, width });
    const leaves = decodeBundle(bytes, has);
    if (leaves === undefined || !leaves.every((leaf) => isUtf8(leaf))) {
      throw new BadFile(path, `a bundle of ${has} entries, each of UTF-8`, 'other bytes', bytes);
    }
    return leaves.slice(0, width);
  }

  /** The hashes of a tile, at least `width` of them. @throws MissingFile, BadFile */
  async tile(name: TileName): Promise<Uint8Array> {
    const { path, bytes, width } = await this.tiled(name);
    if (bytes.length !== width * HASH_BYTES) {
      throw new BadFile(path, `${width} hashes of ${HASH_BYTES} bytes`, `${bytes.length} bytes`, bytes);
    }
    return bytes;
  }

  /** The lines of content of the entries from sequence 256 · `index` on; perhaps fewer than there are entries. */
  async content(index: number): Promise<readonly string[]> {
    const path = this.path(`content/${numberPath(index)}`);
    const bytes = await this.host.read(path, TILE_WIDTH * CONTENT_LINE_MAX);
    if (bytes === undefined) throw new MissingFile(path);
    const lines = textOf(path, bytes).split('\n', TILE_WIDTH + 2);
    if (lines.pop() !== '' || lines.length > TILE_WIDTH) {
      throw new BadFile(path, `at most ${TILE_WIDTH} lines, each with a line feed`, 'another text', bytes);
    }
    return lines;
  }

  /** The partial file or, where it has gone, the full one. */
  private async tiled(name: TileName): Promise<{ path: string; bytes: Uint8Array; width: number }> {
    const widths = name.width === TILE_WIDTH ? [TILE_WIDTH] : [name.width, TILE_WIDTH];
    for (const width of widths) {
      const path = this.path(tilePath({ ...name, width }));
      const bytes = await this.host.read(path, BYTES_MAX[name.kind]);
      if (bytes !== undefined) return { path, bytes, width };
    }
    throw new MissingFile(this.path(tilePath(name)));
  }

  private path(file: string): string {
    return `${this.chain}/${file}`;
  }
}

function widthOf(index: number, items: number): number {
  return Math.min(TILE_WIDTH, items - index * TILE_WIDTH);
}
