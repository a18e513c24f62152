/** Makes the wire forms of blocks from static files. Nothing is verified: that is done with blocks of nodes alike. */
import { blockTextMax, UNSIGNED_BLOCK_TEXT_MAX } from '../../chain/block/block-text-max.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { verifySeal } from '../../chain/block/verify-block.js';
import { toHex } from '../../chain/bytes/bytes.js';
import { blockEntriesMax, type Contract } from '../../chain/contract/contract.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { entryId, entryWireText } from '../../chain/entry/entry.js';
import { TILE_WIDTH } from '../../chain/tree/tile-path.js';
import { blockText } from '../../ledger/block-json.js';
import { ReadAhead } from './ahead.js';
import type { ChainFiles } from './chain-files.js';
import { MissingFile } from './log-host.js';

/** Files of each kind that are read ahead. */
const FILES_AHEAD = 4;

/** The blocks to make. */
export interface BlockRange {
  /** index of the first one */
  readonly from: number;
  /** index of the last one */
  readonly to: number;
  /** entries before the first one */
  readonly sizeBefore: number;
  /** entries in all of them, as the head says: files beyond these are not read ahead */
  readonly sizeAfter: number;
}

/** A block with more text than one of its length may have; it is cut. */
export interface TooLongBlock {
  readonly index: number;
  readonly charactersMax: number;
  readonly text: string;
}

/** @throws MissingFile, BadFile, and the host's own errors */
export async function* blockTexts(
  files: ChainFiles,
  contract: Contract,
  { from, to, sizeBefore, sizeAfter }: BlockRange,
): AsyncGenerator<string | TooLongBlock, void, void> {
  const headers = new ReadAhead((index) => files.blocks(index), fileAfter(to), FILES_AHEAD);
  const entries = new EntryTexts(files, contract, sizeAfter);
  let size = sizeBefore;
  for (let index = from; index <= to; index++) {
    const place = index - 1;
    const header = (await headers.get(Math.floor(place / TILE_WIDTH)))[place % TILE_WIDTH];
    if (header === undefined) throw new MissingFile(`block ${index}`);
    const text = await entries.block(header, size);
    yield text;
    if (typeof text !== 'string') return;
    size = header.treeSize;
  }
}

/** The number of files that have `items`. */
function fileAfter(items: number): number {
  return Math.ceil(items / TILE_WIDTH);
}

/** The entries' wire forms, file by file. */
class EntryTexts {
  private readonly files: ReadAhead<readonly string[]>;

  constructor(
    files: ChainFiles,
    private readonly contract: Contract,
    size: number,
  ) {
    const read = kindOf(contract).mayBeErased
      ? async (index: number): Promise<readonly string[]> =>
          withContent(...(await Promise.all([files.leaves(index), files.content(index)])))
      : async (index: number): Promise<readonly string[]> => (await files.leaves(index)).map(transactionText);
    this.files = new ReadAhead(read, fileAfter(size), FILES_AHEAD);
  }

  /** @param size entries before the block */
  async block(header: SealedHeader, size: number): Promise<string | TooLongBlock> {
    const { contract } = this;
    const count = header.treeSize - size;
    // A block that can't be is judged without its entries.
    if (count < 0 || count > blockEntriesMax(contract)) return blockText(header, contract.kind, '');
    let charactersMax = Math.min(blockTextMax(contract, count), UNSIGNED_BLOCK_TEXT_MAX);
    const texts: string[] = [];
    let characters = 0;
    for (let next = size; next < header.treeSize;) {
      const index = Math.floor(next / TILE_WIDTH);
      const start = next % TILE_WIDTH;
      const part = (await this.files.get(index)).slice(start, start + header.treeSize - next);
      if (part.length === 0) throw new MissingFile(`content of entry ${next}`);
      for (const text of part) {
        texts.push(text);
        characters += text.length + 1;
        if (characters <= charactersMax) continue;
        // Without the key, nobody can make a node hold more than that in memory.
        if (verifySeal(header, contract) === undefined) charactersMax = blockTextMax(contract, count);
        if (characters > charactersMax) {
          return { index: header.index, charactersMax, text: blockText(header, contract.kind, texts.join()) };
        }
      }
      next += part.length;
    }
    return blockText(header, contract.kind, texts.join());
  }
}

function transactionText(leaf: Uint8Array): string {
  const leafText = utf8(leaf);
  return entryWireText(leafText, toHex(entryId(leafText)), 'token', undefined);
}

/** Where there are fewer lines of content than leaves, the rest is not there yet. */
function withContent(leaves: readonly Uint8Array[], lines: readonly string[]): readonly string[] {
  return leaves.slice(0, lines.length).map((leaf, place) => recordText(utf8(leaf), lines[place] ?? ''));
}

/** @param line `{"information":…,"salt":…}`, `{"erased":true}` or `{}`; anything else makes a text that is at fault */
function recordText(leafText: string, line: string): string {
  const head = `${leafText.slice(0, -1)},"id":"${toHex(entryId(leafText))}"`;
  return line === '{}' ? `${head}}` : `${head},${line.slice(1)}`;
}

/** @param bytes known to be UTF-8 */
function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
