/** Maps SQLite's errors to a node's: unavailable for now, or fatal. */
import Database from 'better-sqlite3';
import { ConflictError, FatalError, Unavailable } from '../../ledger/errors.js';

export interface SqliteError extends Error {
  readonly code: string;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Database.SqliteError;
}

/**
 * An error of a statement before its COMMIT: the transaction was rolled back, so nothing was written.
 * Any error that is not known to be temporary stops the process.
 */
export function beforeCommit(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  if (error.code.startsWith('SQLITE_FULL')) return diskFull(error);
  if (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED')) {
    return new Unavailable('STORAGE_FAILED', 'the database is locked by another program', 1, {
      cause: error,
    });
  }
  if (error.code.startsWith('SQLITE_CONSTRAINT')) {
    return new ConflictError(`another process wrote to the database: ${error.message}`, { cause: error });
  }
  return new FatalError(`the database failed: ${error.message} (${error.code})`, { cause: error });
}

/**
 * An error of COMMIT itself. With a full disk the commit frame, which comes last, was not written; after any
 * other failure (of an fsync, say) it may be on disk anyway.
 */
export function atCommit(error: unknown): unknown {
  if (isSqliteError(error) && error.code.startsWith('SQLITE_FULL')) return diskFull(error);
  return new FatalError(`the outcome of a commit is unknown: ${String(error)}`, { cause: error });
}

function diskFull(error: SqliteError): Unavailable {
  return new Unavailable('DISK_FULL', 'the disk of the database is full', 30, { cause: error });
}
