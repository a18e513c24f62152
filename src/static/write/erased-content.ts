/** Remembers, across crashes, which files of content still show what an erasure erased. */
import { TILE_WIDTH, numberPath } from '../../chain/tree/tile-path.js';
import { erasedId } from '../../chain/entry/erasure.js';
import type { AnyChainStore, StoredEntry } from '../../ledger/chain-store.js';
import { contentOf } from '../../ledger/log-files.js';
import type { FileBatch, NewFile } from './file-batch.js';

/** The file that names them, in the chain's folder. */
const NOTE = '.erasing';

export class ErasedContent {
  /** whether there may be a note: nobody has looked since the start */
  private mayBeNoted = true;

  constructor(
    private readonly batch: FileBatch,
    private readonly folder: string,
  ) {}

  /** The files of content with what these entries erase, by index. */
  concernedBy(store: AnyChainStore, entries: readonly StoredEntry[]): readonly number[] {
    return entries.flatMap(({ leafText }) => {
      const id = erasedId(leafText);
      const entry = id && store.entryById(id);
      return entry === undefined ? [] : [Math.floor(entry.sequence / TILE_WIDTH)];
    });
  }

  /**
   * Notes the files before the checkpoint that covers their erasures is written. A crash from here until
   * {@link rewrite} ends leaves the note: the next start rewrites them.
   */
  async note(files: ReadonlySet<number>): Promise<void> {
    if (files.size === 0) return;
    const bytes = JSON.stringify([...files]);
    this.mayBeNoted = true;
    await this.batch.write([{ path: `${this.folder}/${NOTE}`, bytes, isImmutable: false }]);
  }

  /** Rewrites the noted files as the store has their content now. @param size entries that the checkpoint covers */
  async rewrite(store: AnyChainStore, size: number): Promise<void> {
    if (!this.mayBeNoted) return;
    const note = `${this.folder}/${NOTE}`;
    const text = await this.batch.readText(note);
    if (text !== undefined) {
      const files = JSON.parse(text) as readonly number[];
      for (const index of files) await this.batch.write([contentFile(store, this.folder, index, size)]);
      await this.batch.remove([note]);
    }
    this.mayBeNoted = false;
  }
}

/** @param size sealed entries: the file has a line for each that is in its place */
function contentFile(store: AnyChainStore, folder: string, index: number, size: number): NewFile {
  const from = index * TILE_WIDTH;
  const entries = store.entries(from, Math.min(from + TILE_WIDTH, size), TILE_WIDTH);
  return { path: contentPath(folder, index), bytes: contentOf(entries), isImmutable: false };
}

export function contentPath(folder: string, index: number): string {
  return `${folder}/content/${numberPath(index)}`;
}
