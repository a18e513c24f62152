/** Writes files that must never be incomplete, and must never replace another. */
import { randomBytes } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { syncFolder, writeDurably } from '../../keys/durable.js';
import { Trouble } from './io.js';

/**
 * Completely on disk when it returns; nothing is left behind when it throws,
 * and a crash leaves at most a file with another name that ends in .tmp.
 * @param exists the reason why an existing file is not replaced
 * @param mode by default only its owner can read it
 * @throws Trouble
 */
export function writeNewFile(file: string, text: string, exists: string, mode = 0o600): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeDurably(temporary, text, mode);
    // Unlike a rename, a link fails if the name is taken: if two processes try at once, one succeeds.
    linkSync(temporary, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Trouble(code === 'EEXIST' ? exists : `${file} cannot be written: ${message}`);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(path.dirname(file));
}

/** The removal is durable when it returns. */
export function removeFile(file: string): void {
  rmSync(file, { force: true });
  syncFolder(path.dirname(file));
}
