/** One process per database: a lock that the system itself lets go when the process ends, however it ends. */
import Database from 'better-sqlite3';
import { OperatorError } from '../ledger/errors.js';
import { isSqliteError } from './sqlite-errors.js';

export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock of a database file.
 * An open EXCLUSIVE transaction on a file of its own: SQLite holds it as a lock of the operating system, so that
 * nothing is left to clean up after `kill -9`, and the database itself stays readable by others.
 * @throws OperatorError when another process has it
 */
export function lockDatabase(databaseFile: string): ProcessLock {
  const lock = new Database(`${databaseFile}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isSqliteError(error) && error.code.startsWith('SQLITE_BUSY')) {
      throw new OperatorError(
        `the database ${databaseFile} is in use by another node: stop that one, or set DATABASE_URL to another file`,
      );
    }
    throw error;
  }
  return { release: () => lock.close() };
}
