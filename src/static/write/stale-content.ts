/** Remembers, across crashes, which files of content have to be written again: a chain's other files never change. */
import { TILE_WIDTH, numberPath } from '../../chain/tree/tile-path.js';
import { lacksContent } from '../../chain/entry/entry.js';
import { erasedId } from '../../chain/entry/erasure.js';
import { isInformationStore, type AnyChainStore, type StoredEntry } from '../../ledger/chain-store.js';
import { contentOf } from '../../ledger/log-files.js';
import type { FileBatch, NewFile } from './file-batch.js';

/** Why files of content change later. */
export interface Changes {
  /** files, by index, that show what an erasure erased */
  readonly erased: Set<number>;
  /** records, by sequence, without their content, although no erasure of them is known: it may come from an upstream */
  readonly withheld: Set<number>;
}

export class StaleContent {
  private readonly erased: Note;
  private readonly withheld: Note;

  /** @param folder the chain's, which holds the notes */
  constructor(
    private readonly batch: FileBatch,
    private readonly folder: string,
  ) {
    this.erased = new Note(batch, `${folder}/.erasing`);
    this.withheld = new Note(batch, `${folder}/.withheld`);
  }

  /** Adds what these entries will change, or lack. */
  collect(store: AnyChainStore, entries: readonly StoredEntry[], { erased, withheld }: Changes): void {
    for (const entry of entries) {
      const id = erasedId(entry.leafText);
      const target = id && store.entryById(id);
      if (target !== undefined) erased.add(fileOf(target.sequence));
      if (isWithheld(store, entry)) withheld.add(entry.sequence);
    }
  }

  /**
   * Notes the changes before head.json covers their entries, which nobody looks at again after that. A crash from here
   * until {@link rewrite} ends leaves the notes for the next start.
   */
  async note({ erased, withheld }: Changes): Promise<void> {
    await this.erased.add(erased);
    await this.withheld.add(withheld);
  }

  /**
   * Rewrites files as the store has their content now: those with erased content, and those whose missing content has
   * come.
   * @param size entries that the checkpoint covers
   */
  async rewrite(store: AnyChainStore, size: number): Promise<void> {
    const files = new Set(await this.erased.read());
    const missing = new Set(await this.withheld.read());
    for (const sequence of missing) {
      const [entry] = sequence < size ? store.entries(sequence, sequence + 1, 1) : [];
      if (entry === undefined || isWithheld(store, entry)) continue;
      missing.delete(sequence);
      files.add(fileOf(sequence));
    }
    for (const index of files) await this.batch.write([contentFile(store, this.folder, index, size)]);
    await this.erased.replace(new Set());
    await this.withheld.replace(missing);
  }
}

/** A file with a list of numbers, which is there if it has any. */
class Note {
  /** undefined: nobody has looked since the start */
  private known: ReadonlySet<number> | undefined;

  constructor(
    private readonly batch: FileBatch,
    private readonly path: string,
  ) {}

  async read(): Promise<ReadonlySet<number>> {
    if (this.known === undefined) {
      const text = await this.batch.readText(this.path);
      this.known = new Set(text === undefined ? [] : (JSON.parse(text) as readonly number[]));
    }
    return this.known;
  }

  async add(numbers: ReadonlySet<number>): Promise<void> {
    if (numbers.size > 0) await this.replace(new Set([...(await this.read()), ...numbers]));
  }

  async replace(numbers: ReadonlySet<number>): Promise<void> {
    const before = await this.read();
    if (numbers.size === before.size && [...numbers].every((number) => before.has(number))) return;
    // After a failure the next one that asks reads the file.
    this.known = undefined;
    if (numbers.size === 0) await this.batch.remove([this.path]);
    else
      await this.batch.write([{ path: this.path, bytes: JSON.stringify([...numbers]), isImmutable: false }]);
    this.known = numbers;
  }
}

function isWithheld(store: AnyChainStore, { leafText, content, sequence }: StoredEntry): boolean {
  return (
    isInformationStore(store) && lacksContent(leafText, content) && store.erasureOf(sequence) === undefined
  );
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

function fileOf(sequence: number): number {
  return Math.floor(sequence / TILE_WIDTH);
}
