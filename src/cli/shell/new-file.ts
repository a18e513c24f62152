/** Writes files that must never be half there, and must never replace another. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Trouble } from './io.js';

/**
 * Only its owner can read it (mode 0600). On disk, whole, when it returns; nothing is left behind when it throws,
 * and a crash leaves no more than a file of another name, ending in .tmp.
 * @param exists why a file that is there already stays as it is
 * @throws Trouble
 */
export function writeNewFile(file: string, text: string, exists: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeDurably(temporary, text);
    // Unlike a rename, a link fails where the name is taken: of two that try at once, one gets it.
    linkSync(temporary, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Trouble(code === 'EEXIST' ? exists : `${file} cannot be written: ${message}`);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(path.dirname(file));
}

/** The name is gone from the disk when it returns. */
export function removeFile(file: string): void {
  rmSync(file, { force: true });
  syncFolder(path.dirname(file));
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(folder: string): void {
  // A folder can't be opened on Windows, where names need no sync of their own.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
