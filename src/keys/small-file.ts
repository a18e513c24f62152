/** Reads a small regular file. A FIFO, a device or a file of the kernel could block the process, or never end. */
import { readFileSync, statSync } from 'node:fs';

/** More than any key, or a header of each of thousands of chains, needs. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Returns the text of the file that the path or a symbolic link names; undefined if there is none.
 * @throws Error if it is not a regular file or can't be read
 */
export function readSmallFile(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw new Error('it is not a regular file');
  if (stat.size > FILE_BYTES_MAX) throw new Error(`it has more than ${FILE_BYTES_MAX} bytes`);
  // Files of the kernel (/proc) have no size, and reading one may wait for ever.
  return stat.size === 0 ? '' : readFileSync(file, 'utf8');
}
