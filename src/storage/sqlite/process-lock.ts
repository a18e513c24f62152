/** One process per database: a lock that the system itself lets go when the process ends, however it ends. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { OperatorError } from '../../ledger/errors.js';
import { isSqliteError } from './sqlite-errors.js';

export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock of a database file.
 * An open EXCLUSIVE transaction on a file of its own: SQLite holds it as a lock of the operating system, so that
 * nothing is left to clean up after `kill -9`, and the database itself stays readable by others.
 * @param place the file's one path (see database-file.ts)
 * @param given the path that it was named by: where that is a symbolic link, older versions have their lock beside it
 * @throws OperatorError when another process has it
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
 * Takes the lock of a folder that one process alone may write files to.
 * @param folder must exist
 * @throws OperatorError when another process has it
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
