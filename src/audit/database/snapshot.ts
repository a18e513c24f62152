/** Opens a snapshot of a node's database for reading, even while a node uses it. */
import { OperatorError } from '../../ledger/errors.js';
import { schemaDifference, versionOf, type Difference, type Version } from '../../storage/sqlite/schema.js';
import { isSqliteError, type SqliteError } from '../../storage/sqlite/sqlite-errors.js';
import { openForAudit, type AuditFile } from './audit-file.js';

/** KiB of the database in memory. */
const CACHE_KIB = 65_536;

/**
 * While it is open, the node's WAL file grows with each write and can't shrink.
 * @returns the problem of a file that a node couldn't read
 * @throws OperatorError if it doesn't exist, or is not a database of this version
 */
export async function openSnapshot(file: string): Promise<AuditFile | Difference> {
  let opened: AuditFile | undefined;
  try {
    opened = await openForAudit(file);
    const { db } = opened;
    db.pragma(`cache_size = -${CACHE_KIB}`);
    // The first read begins the snapshot.
    db.exec('BEGIN');
    assertVersion(file, versionOf(db));
    const difference = schemaDifference(db);
    if (difference === undefined) return opened;
    await opened.close();
    return difference;
  } catch (error) {
    await opened?.close();
    if (isCorruption(error)) return damage(error.message);
    if (!isSqliteError(error)) throw error;
    const ours = error.code !== 'SQLITE_NOTADB';
    throw new OperatorError(
      ours
        ? `${file} cannot be read: ${error.message} (${error.code})`
        : `${file} is not a bpsc database: ${error.message}`,
      { cause: error },
    );
  }
}

/** @param found SQLite's message about the file */
export function damage(found: string): Difference {
  return { what: 'the file', expected: 'an undamaged database', found };
}

/** @throws OperatorError if the database is of another version */
function assertVersion(file: string, version: Version): void {
  const reason = WRONG_VERSIONS[version];
  if (reason !== undefined) throw new OperatorError(`${file} ${reason}`);
}

const WRONG_VERSIONS: Readonly<Record<Version, string | undefined>> = {
  this: undefined,
  none: 'is not a bpsc database: it has none of its tables',
  older:
    'is of an older version of bpsc: start a node on it once, which brings it up to date, or verify it with that version',
  newer: 'was written by a newer version of bpsc: verify it with that version',
};

/** SQLite found something impossible in the file. */
export function isCorruption(error: unknown): error is SqliteError {
  return isSqliteError(error) && error.code.startsWith('SQLITE_CORRUPT');
}
