/** The port to the file system that a static export writes through, and its one implementation. */
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';

/**
 * The steps of writing files. Each may fail, and one that fails may have taken effect all the same. Paths are absolute.
 */
export interface Disk {
  /** Creates one folder, readable by everybody, if it isn't there. */
  makeFolder(path: string): Promise<void>;
  /** Writes a file, readable by everybody. Its bytes are on disk when it resolves, its name may not be. */
  write(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Atomic; replaces what is at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** Removes a file, or a folder with everything in it, if it is there. */
  remove(path: string): Promise<void>;
  /** Reads a file; undefined if it isn't there. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A web server reads these files as another user, while a node's own umask keeps others out. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** The machine's own file system. */
export const SYSTEM_DISK: Disk = {
  async makeFolder(path) {
    try {
      await mkdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      throw error;
    }
    await chmod(path, FOLDER_MODE);
  },
  async write(path, bytes) {
    const file = await open(path, 'w', FILE_MODE);
    try {
      await file.writeFile(bytes);
      await file.chmod(FILE_MODE);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  async read(path) {
    try {
      return await readFile(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw error;
    }
  },
};
