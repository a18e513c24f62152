/** Writes files into a folder so that each is seen whole or not at all, many with one flush of each folder. */
import path from 'node:path';
import type { Disk } from './disk.js';

/** A file to write. */
export interface NewFile {
  /** relative to the root, with slashes */
  readonly path: string;
  readonly bytes: Uint8Array | string;
  /** Whether it may never change: a file that is there already must have the same bytes. */
  readonly isImmutable: boolean;
}

/** A file that may never change has other bytes than it should: nothing more is written until somebody looks at it. */
export class FileConflict extends Error {
  override readonly name = 'FileConflict';
}

/** Files written at a time: flushes wait for the disk, and it takes several together. */
const AT_ONCE = 8;
/** The folder, in the root, of files that are being written. */
const TEMPORARY = '.tmp';

export class FileBatch {
  private readonly folders = new Map<string, Promise<void>>();
  private names = 0;

  /** @param root absolute */
  constructor(
    private readonly disk: Disk,
    readonly root: string,
  ) {}

  /** Creates the root, and removes what a crash left half written. */
  async begin(): Promise<void> {
    this.folders.clear();
    await this.makeFolder('.');
    await this.disk.remove(this.absolute(TEMPORARY));
    await this.makeFolder(TEMPORARY);
  }

  /** Reads a file as it is now. @param file relative to the root */
  read(file: string): Promise<Uint8Array | undefined> {
    return this.disk.read(this.absolute(file));
  }

  /** Reads a text file as it is now. @param file relative to the root */
  async readText(file: string): Promise<string | undefined> {
    const bytes = await this.read(file);
    return bytes && new TextDecoder().decode(bytes);
  }

  /**
   * Writes the files: all have their bytes on disk before the first gets its name, and all their names are durable when
   * this resolves. A crash before leaves some of them, each of them whole.
   * @throws FileConflict, and the disk's errors
   */
  async write(files: readonly NewFile[]): Promise<void> {
    // Also the folders of files that are there already: the last flush of their names may have failed.
    const touched = new Set(files.map((file) => path.posix.dirname(file.path)));
    const written: { readonly from: string; readonly to: string }[] = [];
    await eachOf(files, async (file) => {
      if (await this.isThere(file)) return;
      const from = this.absolute(`${TEMPORARY}/${this.names++}`);
      await this.disk.write(from, file.bytes);
      written.push({ from, to: this.absolute(file.path) });
    });
    await eachOf([...touched], (folder) => this.makeFolder(folder));
    await eachOf(written, ({ from, to }) => this.disk.rename(from, to));
    await eachOf([...touched], (folder) => this.disk.syncFolder(this.absolute(folder)));
  }

  /** Removes files or folders, relative to the root. They may come back after a crash. */
  async remove(paths: readonly string[]): Promise<void> {
    await eachOf(paths, (each) => this.disk.remove(this.absolute(each)));
  }

  /** @returns whether the file has these bytes already. @throws FileConflict */
  private async isThere({ path: file, bytes, isImmutable }: NewFile): Promise<boolean> {
    const found = await this.read(file);
    if (found === undefined) return false;
    if (Buffer.from(bytes as Uint8Array).equals(found)) return true;
    if (!isImmutable) return false;
    throw new FileConflict(
      `${this.absolute(file)} exists with other bytes than it must have, and it may never change: ` +
        'the folder belongs to another export, or the file was damaged. Compare it, then remove it or choose another folder',
    );
  }

  private makeFolder(folder: string): Promise<void> {
    let made = this.folders.get(folder);
    if (made === undefined) {
      made = this.makeWithParents(folder);
      this.folders.set(folder, made);
      // Whoever needs it next tries again.
      made.catch(() => this.folders.delete(folder));
    }
    return made;
  }

  private async makeWithParents(folder: string): Promise<void> {
    if (folder !== '.') await this.makeFolder(path.posix.dirname(folder));
    await this.makeAbsolute(this.absolute(folder));
  }

  private async makeAbsolute(folder: string): Promise<void> {
    const parent = path.dirname(folder);
    try {
      await this.disk.makeFolder(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
      await this.makeAbsolute(parent);
      await this.disk.makeFolder(folder);
    }
    // Also if it was there: the last flush of its name may have failed.
    await this.disk.syncFolder(parent);
  }

  private absolute(file: string): string {
    return path.join(this.root, file);
  }
}

/** Runs `act` on all items, {@link AT_ONCE} at a time; ends with the first failure, once nothing is under way any more. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      try {
        await act(item);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason as Error;
}
