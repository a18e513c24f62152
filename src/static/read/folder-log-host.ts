/** Static files in a folder of this machine. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { FileTooLong, type LogHost } from './log-host.js';

export class FolderLogHost implements LogHost {
  /** @param name the folder */
  constructor(readonly name: string) {}

  /** @throws FileTooLong, and the file system's errors */
  async read(file: string, bytesMax: number): Promise<Uint8Array | undefined> {
    const handle = await opened(path.join(this.name, file));
    try {
      const stat = await handle?.stat();
      if (handle === undefined || stat?.isFile() !== true) return undefined;
      if (stat.size > bytesMax) throw new FileTooLong(file, bytesMax, new Uint8Array());
      return await handle.readFile();
    } finally {
      await handle?.close();
    }
  }
}

async function opened(file: string) {
  try {
    return await open(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
