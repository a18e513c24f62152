/** Reads and writes API_TOKENS_FILE. */
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { OperatorError } from '../ledger/errors.js';
import { renameDurably, writeAll } from '../keys/durable.js';
import { readSmallFile } from '../keys/small-file.js';
import { formatTokens, parseTokens, type TokenEntry } from './token-list.js';

/**
 * @returns undefined if there is no such file
 * @throws OperatorError if it can't be read, or isn't in the form of a tokens file
 */
export function readTokensFile(file: string): readonly TokenEntry[] | undefined {
  let text: string | undefined;
  try {
    text = readSmallFile(file);
  } catch (error) {
    throw cannot('read', file, error);
  }
  const tokens = text === undefined ? undefined : parseTokens(text);
  if (typeof tokens === 'string') throw new OperatorError(`the tokens file ${file} ${tokens}`);
  return tokens;
}

/**
 * Replaces what the file contains: readers see the tokens from before or from after, and never a part. On disk, with
 * mode 0600, when it returns.
 * @param change returns the new tokens, or throws to change nothing
 * @throws OperatorError
 */
export function changeTokensFile(
  file: string,
  change: (tokens: readonly TokenEntry[]) => readonly TokenEntry[],
): void {
  const unfinished = `${file}.new`;
  const handle = openNew(unfinished, file);
  try {
    const text = formatTokens(change(readTokensFile(file) ?? []));
    writeAll(handle, Buffer.from(text));
    fsyncSync(handle);
    // A crash before this line leaves the tokens from before, and the unfinished file, which the next change names.
    renameDurably(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error instanceof OperatorError
      ? error
      : isSystemError(error)
        ? cannot('written', file, error)
        : error;
  } finally {
    closeSync(handle);
  }
}

/** Created before the file is read, so that of two changes at once neither loses the other's. */
function openNew(unfinished: string, file: string): number {
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    return openSync(unfinished, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannot('written', file, error);
    throw new OperatorError(
      `the tokens file ${file} is being changed by another process; if none is running, delete ${unfinished}, which one ` +
        'that was cut off has left',
    );
  }
}

function isSystemError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}

function cannot(what: 'read' | 'written', file: string, error: unknown): OperatorError {
  return new OperatorError(`the tokens file ${file} cannot be ${what}: ${(error as Error).message}`, {
    cause: error,
  });
}
