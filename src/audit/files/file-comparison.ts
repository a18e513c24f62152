/**
 * Compares the files of a chain with its verified entries: every hash tile, and every line of content. Bundles and
 * blocks need no comparison: the entries and headers that were verified are all that is in them.
 */
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import { toHex } from '../../chain/bytes/bytes.js';
import { formatContentLines, type ContentLine } from '../../chain/entry/content-text.js';
import { isErasureText } from '../../chain/entry/erasure.js';
import { contentIn, type Entry } from '../../chain/entry/entry.js';
import { fault, shown, type Fault } from '../../chain/faults.js';
import { TileBuilder, type Tile } from '../../chain/tree/tile-builder.js';
import { TILE_WIDTH, tilePath } from '../../chain/tree/tile-path.js';
import { HASH_BYTES } from '../../chain/tree/tree.js';
import type { ChainFiles } from '../../static/read/chain-files.js';

export class FileComparison {
  private readonly builder = TileBuilder.empty();
  private tiles: Tile[] = [];
  /** the lines of the file of content that is not complete yet, and of those that are to be compared */
  private lines: ContentLine[] = [];
  private content = 0;
  /** files compared so far, bundles included */
  files = 0;

  constructor(
    private readonly source: ChainFiles,
    private readonly hasContent: boolean,
  ) {}

  /** Takes the entries of the next verified block. */
  take({ entries }: VerifiedBlock): void {
    this.tiles.push(...this.builder.append(entries.map(({ id }) => id)));
    if (this.hasContent) this.lines.push(...entries.map(contentLine));
  }

  /** Compares the files that can have no more entries. */
  async compareFull(): Promise<Fault | undefined> {
    const tiles = this.tiles;
    this.tiles = [];
    const wrong = await this.compareTiles(tiles);
    if (wrong !== undefined) return wrong;
    while (this.lines.length >= TILE_WIDTH) {
      const found = await this.compareContent(this.lines.splice(0, TILE_WIDTH));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Compares the files at the end. */
  async compareRest(): Promise<Fault | undefined> {
    const found = (await this.compareFull()) ?? (await this.compareTiles(this.builder.partials()));
    if (found !== undefined || this.lines.length === 0) return found;
    return this.compareContent(this.lines.splice(0));
  }

  private async compareTiles(tiles: readonly Tile[]): Promise<Fault | undefined> {
    for (const { bytes, ...name } of tiles) {
      const found = await this.source.tile(name);
      // Of level 0 there is a bundle for each tile.
      this.files += name.level === 0 ? 2 : 1;
      for (let at = 0; at < bytes.length; at += HASH_BYTES) {
        const [expected, has] = [bytes, found].map((each) => toHex(each.subarray(at, at + HASH_BYTES)));
        if (expected === has) continue;
        const place = `hash ${at / HASH_BYTES} of ${tilePath(name)}`;
        return fault('STORED_MISMATCH', { field: place, expected: String(expected), found: String(has) });
      }
    }
    return undefined;
  }

  private async compareContent(expected: readonly ContentLine[]): Promise<Fault | undefined> {
    const index = this.content++;
    const found = await this.source.content(index);
    this.files++;
    for (const [place, line] of expected.entries()) {
      const text = formatContentLines([line]).slice(0, -1);
      if (found[place] === text) continue;
      const sequence = index * TILE_WIDTH + place;
      return fault('STORED_MISMATCH', {
        sequence,
        field: 'content',
        expected: shown(text),
        found: shown(found[place]),
      });
    }
    return undefined;
  }
}

function contentLine(entry: Entry): ContentLine {
  const content = contentIn(entry);
  if (content !== undefined) return content;
  return isErasureText(entry.leafText) ? 'none' : 'erased';
}
