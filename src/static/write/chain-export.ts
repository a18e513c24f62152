/**
 * Writes the files of one chain, from where its folder stands to the newest block with a checkpoint (protocol, section
 * 9). Everything that a checkpoint covers is on disk before it, so that a reader never meets less than it promises.
 */
import { parseSealedHeader, sealedHeaderLine } from '../../chain/block/sealed-header-text.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { contractText } from '../../chain/contract/contract.js';
import { TILE_WIDTH, numberPath, tilePath, type TileName } from '../../chain/tree/tile-path.js';
import { newTiles } from '../../chain/tree/tiles.js';
import type { AnyChainStore, Chain, SignedHead } from '../../ledger/chain-store.js';
import { checkpointOf } from '../../ledger/checkpoints.js';
import { assert } from '../../ledger/errors.js';
import { bundleOf, contentOf, hasContent, leafTileOf, tiledFile } from '../../ledger/log-files.js';
import { FileConflict, type FileBatch, type NewFile } from './file-batch.js';
import { contentPath, StaleContent, type Changes } from './stale-content.js';

/** Where a folder stands: the block in its head.json. Everything up to it is written, but perhaps its checkpoint. */
interface Place {
  readonly index: number;
  readonly size: number;
}

const NOTHING: Place = { index: 0, size: 0 };

/** Entries and blocks from one checkpoint to the next, where a chain has many to write: a crash costs no more than these. */
const STEP_ENTRIES = 65_536;
const STEP_BLOCKS = 8192;
/** Files of each kind that are held in memory and written together. */
const FILES_AT_ONCE = 64;

export interface ExportTurns {
  /** Gives the event loop a turn, after about a millisecond of work. Rejects to end the export, between two files. */
  readonly pause: () => Promise<void>;
}

export class ChainExport {
  private readonly folder: string;
  private readonly stale: StaleContent;
  /** undefined: read it from the folder first */
  private place: Place | undefined;
  /** the file `checkpoint`, as it is in the folder */
  private checkpoint: string | undefined;

  constructor(
    private readonly batch: FileBatch,
    { id }: Pick<Chain, 'id'>,
    private readonly turns: ExportTurns,
  ) {
    this.folder = id;
    this.stale = new StaleContent(batch, id);
  }

  /** Whether the folder has a checkpoint of the chain, as far as is known. */
  get hasCheckpoint(): boolean {
    return this.checkpoint !== undefined;
  }

  /**
   * Writes what is missing, up to the newest block whose checkpoint the store has. After an error the next call goes on
   * from what is in the folder.
   * @returns where the folder stood, and where it stands
   * @throws FileConflict, and the disk's errors
   */
  async advance(store: AnyChainStore): Promise<{ readonly before: Place; readonly now: Place }> {
    try {
      this.place ??= await this.resume(store);
      const before = this.place;
      // The folder may be ahead, of a follower that pulls again: it must not go back.
      if (before.index > store.head().header.index) return { before, now: before };
      // A crash may have left it to be written; and it may have more signatures than before.
      await this.writeCheckpoint(store, this.place);
      for (let next = nextHead(store, this.place); next !== undefined; next = nextHead(store, this.place)) {
        await this.step(store, this.place, next);
        this.place = { index: next.header.index, size: next.header.treeSize };
      }
      // Last: what a crash left noted may be erased by an entry that only a step has covered.
      await this.stale.rewrite(store, this.place.size);
      return { before, now: this.place };
    } catch (error) {
      this.place = undefined;
      throw error;
    }
  }

  /** Reads where the folder stands, and makes sure that it belongs to this chain. */
  private async resume(store: AnyChainStore): Promise<Place> {
    const { batch } = this;
    await batch.write([this.file('contract.json', contractText(store.chain.contract), true)]);
    this.checkpoint = await batch.readText(`${this.folder}/checkpoint`);
    const text = await batch.readText(`${this.folder}/head.json`);
    if (text === undefined) return NOTHING;
    const head = readHead(text);
    if (typeof head === 'string') throw this.conflict('head.json', head);
    const known = store.header(head.index);
    if (known !== undefined && known.hash !== head.hash) {
      throw this.conflict(
        'head.json',
        `has block ${head.index} with the hash ${head.hash}, and here that block is ${known.hash}`,
      );
    }
    return { index: head.index, size: head.treeSize };
  }

  /** In this order; a crash between any two leaves files that no checkpoint covers yet, and that will be the same. */
  private async step(store: AnyChainStore, from: Place, to: SignedHead): Promise<void> {
    const { batch } = this;
    const { index, treeSize } = to.header;
    const changes = await this.writeEntries(store, from.size, treeSize);
    const upper = newTiles(from.size, treeSize).filter(({ level }) => level > 0);
    await batch.write(upper.map((name) => this.tiled(store, name)));
    await this.writeBlocks(store, from.index, index);
    await batch.remove(outgrown(from, { index, size: treeSize }).map((path) => `${this.folder}/${path}`));
    await this.stale.note(changes);
    await batch.write([this.file('head.json', sealedHeaderLine(to.header), false)]);
    await this.writeCheckpoint(store, { index, size: treeSize }, to);
    await this.stale.rewrite(store, treeSize);
  }

  /**
   * Writes content, bundles and the hash tiles of level 0; reads the next ones while these are being written.
   * @returns what of the content changes later
   */
  private async writeEntries(store: AnyChainStore, from: number, to: number): Promise<Changes> {
    const changes: Changes = { erased: new Set(), withheld: new Set() };
    let writing: Promise<void> = Promise.resolve();
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to;) {
      const group: EntryFiles = { content: [], bundles: [], tiles: [] };
      for (; group.bundles.length < FILES_AT_ONCE && index * TILE_WIDTH < to; index++) {
        this.readEntries(store, index, to, group, changes);
        await this.turns.pause();
      }
      await writing;
      writing = this.writeGroup(group);
      // Awaited above, or below: until then, nobody else would notice its failure.
      writing.catch(() => undefined);
    }
    await writing;
    return changes;
  }

  private readEntries(
    store: AnyChainStore,
    index: number,
    to: number,
    group: EntryFiles,
    changes: Changes,
  ): void {
    const first = index * TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, to - first);
    const entries = store.entries(first, first + width, width);
    assert(entries.length === width, `of the entries from ${first} on, some are not stored`);
    const path = (kind: 'entries' | 'tile'): string => tilePath({ kind, level: 0, index, width });
    group.bundles.push(this.file(path('entries'), bundleOf(entries), true));
    group.tiles.push(this.file(path('tile'), leafTileOf(entries), true));
    if (!hasContent(store)) return;
    group.content.push({
      path: contentPath(this.folder, index),
      bytes: contentOf(entries),
      isImmutable: false,
    });
    this.stale.collect(store, entries, changes);
  }

  private async writeGroup({ content, bundles, tiles }: EntryFiles): Promise<void> {
    await this.batch.write(content);
    await this.batch.write(bundles);
    await this.batch.write(tiles);
  }

  private async writeBlocks(store: AnyChainStore, from: number, to: number): Promise<void> {
    let files: NewFile[] = [];
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) {
      const width = Math.min(TILE_WIDTH, to - index * TILE_WIDTH);
      files.push(this.tiled(store, { kind: 'block', level: 0, index, width }));
      await this.turns.pause();
      if (files.length < FILES_AT_ONCE) continue;
      await this.batch.write(files);
      files = [];
    }
    await this.batch.write(files);
  }

  /** Writes the checkpoint of the tree at a place, unless it is there with the signatures that it has now. */
  private async writeCheckpoint(store: AnyChainStore, place: Place, known?: SignedHead): Promise<void> {
    const newest = store.signedHead();
    const signed = known ?? (newest?.header.treeSize === place.size ? newest : store.signedHead(place.size));
    if (signed === undefined || place === NOTHING) return;
    const text = checkpointOf(store, signed);
    if (text === this.checkpoint) return;
    await this.batch.write([this.file('checkpoint', text, false)]);
    this.checkpoint = text;
  }

  private tiled(store: AnyChainStore, name: TileName): NewFile {
    return this.file(tilePath(name), tiledFile(store, name), true);
  }

  private file(path: string, bytes: string | Uint8Array, isImmutable: boolean): NewFile {
    return { path: `${this.folder}/${path}`, bytes, isImmutable };
  }

  private conflict(file: string, what: string): FileConflict {
    return new FileConflict(
      `${this.batch.root}/${this.folder}/${file} ${what}: the folder holds another history of this chain, or was damaged. ` +
        'Nothing more of the chain is written; choose another folder, or remove that one',
    );
  }
}

interface EntryFiles {
  readonly content: NewFile[];
  readonly bundles: NewFile[];
  readonly tiles: NewFile[];
}

function readHead(text: string): SealedHeader | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  return parseSealedHeader(value);
}

/** The next block whose checkpoint is to be written: the newest, or one on the way if that is far. */
function nextHead(store: AnyChainStore, { index, size }: Place): SignedHead | undefined {
  const newest = store.signedHead();
  if (newest === undefined || newest.header.index <= index) return undefined;
  if (newest.header.treeSize - size <= STEP_ENTRIES && newest.header.index - index <= STEP_BLOCKS) {
    return newest;
  }
  const last = store
    .headers(index + 1, STEP_BLOCKS)
    .findLast(({ treeSize }) => treeSize - size <= STEP_ENTRIES);
  const onTheWay = last && store.signedHead(last.treeSize);
  return onTheWay !== undefined && onTheWay.header.index > index ? onTheWay : newest;
}

/** The partial files whose full ones are written: nobody needs them any more. */
function outgrown(from: Place, to: Place): readonly string[] {
  const folders: string[] = [];
  const look = (folder: string, before: number, now: number): void => {
    const file = Math.floor(before / TILE_WIDTH);
    const wasPartial = before % TILE_WIDTH > 0;
    if (wasPartial && (file + 1) * TILE_WIDTH <= now) folders.push(`${folder}/${numberPath(file)}.p`);
  };
  look('block', from.index, to.index);
  look('tile/entries', from.size, to.size);
  for (let level = 0, span = 1; Math.floor(to.size / span) > 0; level++, span *= TILE_WIDTH) {
    look(`tile/${level}`, Math.floor(from.size / span), Math.floor(to.size / span));
  }
  return folders;
}
