/** One process per database: a lock that the system itself releases when the process ends, however it ends. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { OperatorError } from '../../ledger/errors.js';
import { isSqliteError } from './sqlite-errors.js';

export interface ProcessLock {
  release(): void;
}

/**
 * Acquires the lock of a database file.
 * It is an open EXCLUSIVE transaction on a separate file: SQLite holds it as a lock of the operating system, so that
 * nothing has to be cleaned up after `kill -9`, and the database itself stays readable by others.
 * @param place the file's one path (see database-file.ts)
 * @param given the configured path: if that is a symbolic link, older versions have their lock next to it
 * @throws OperatorError if another process has it
 */
export function lockDatabase(place: string, given: string): ProcessLock {
  const named = path.join(realpathSync.native(path.dirname(path.resolve(given))), path.basename(given));
  const inUse = `the database ${given} is in use by another node: stop that one, or set DATABASE_URL to another file`;
  const locks: Connection[] = [];
  const release = (): void => {
    for (const lock of locks) lock.close();
  };
  try {
    for (const file of new Set([place, named])) locks.push(lockFile(`${file}.lock`, inUse));
    return { release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Acquires the lock of a folder to which only one process may write.
 * @param folder must exist
 * @throws OperatorError if another process has it
 */
export function lockFolder(folder: string): ProcessLock {
  const lock = lockFile(path.join(folder, '.lock'), `another process writes to the folder ${folder}`);
  return { release: () => lock.close() };
}

/** @param inUse the error's message when another process has it */
function lockFile(file: string, inUse: string): Connection {
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (isSqliteError(error) && error.code.startsWith('SQLITE_BUSY')) {
      throw new OperatorError(inUse);
    }
    throw error;
  }
}
