/** Copies files so that they are on disk, for their owner alone, with their hashes. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, statSync } from 'node:fs';
import { writeAll } from '../keys/durable.js';
import { OperatorError } from '../ledger/errors.js';

export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * @param to must not exist; undefined: it is only read
 * @throws OperatorError, or a system's error
 */
export function copyDurably(from: string, to: string | undefined): FileDigest {
  // A FIFO or a device could block the process, or never end.
  if (!statSync(from).isFile()) throw new OperatorError(`${from} is not a regular file`);
  const source = openSync(from, 'r');
  const target = to === undefined ? undefined : openSync(to, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let bytes = 0;
    for (;;) {
      const count = readSync(source, piece, 0, PIECE_BYTES, null);
      if (count === 0) break;
      const part = piece.subarray(0, count);
      hash.update(part);
      if (target !== undefined) writeAll(target, part);
      bytes += count;
    }
    if (target !== undefined) fsyncSync(target);
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    closeSync(source);
    if (target !== undefined) closeSync(target);
  }
}

export function digestOf(file: string): FileDigest {
  return copyDurably(file, undefined);
}
