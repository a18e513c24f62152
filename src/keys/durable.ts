/** Writes small files so that a crash afterwards loses neither them nor their names. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Writes a new file: it is on disk when this returns, its name once {@link syncFolder} has returned. */
export function writeDurably(file: string, text: string, mode = 0o600): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeAll(handle, Buffer.from(text));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A single call may write less than it was given. */
export function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

/** Renames a file; the new name is on disk when it returns. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(path.dirname(path.resolve(to)));
}

/** The names in a folder are on disk when this returns. */
export function syncFolder(folder: string): void {
  // A folder can't be opened on Windows, where names need no separate sync.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
