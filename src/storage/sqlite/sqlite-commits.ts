/** The connections to a node's database, and the commits of its chains: one commit serves all that have something to store. */
import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { FatalError, Unavailable } from '../../ledger/errors.js';
import { atCommit, beforeCommit } from './sqlite-errors.js';
import { Statements } from './statements.js';

/**
 * How long a statement waits for another program's lock, in milliseconds. The wait stops the whole process, since
 * the driver is synchronous: no more than a health check forgives.
 */
export const BUSY_TIMEOUT_MS = 1000;

/** A cache that is notified of a transaction's outcome. */
export interface Participant {
  /** The transaction is on disk. */
  keep(): void;
  /** The transaction was rolled back. */
  drop(): void;
}

export class SqliteCommits {
  /** Whether the log of writes may still have content that a commit erased. */
  needsScrub = false;
  readonly sql: Statements;
  /** On a second, read-only connection with a small cache: whole chains are read on it. */
  readonly reading: Statements;
  private readonly files: readonly { path: string; identity: string }[];
  private readonly participants = new Set<Participant>();

  constructor(
    readonly db: Database,
    reading: Database,
  ) {
    this.sql = new Statements(db);
    this.reading = new Statements(reading);
    this.files = [db.name, `${db.name}-wal`].map((path) => ({ path, identity: identityOf(path) }));
  }

  /** Within {@link commit}: `participant` is notified of its outcome. */
  join(participant: Participant): void {
    this.participants.add(participant);
  }

  /** One transaction, on disk when it returns. See {@link LedgerStore} for what its errors promise. */
  commit(write: () => void): void {
    try {
      this.sql.run('BEGIN IMMEDIATE');
      write();
    } catch (error) {
      this.rollBack();
      throw beforeCommit(error);
    }
    try {
      this.sql.run('COMMIT');
    } catch (error) {
      this.rollBack();
      throw atCommit(error);
    }
    // A commit to a deleted file is lost: it must not be announced.
    this.assertInPlace();
    for (const participant of this.participants) participant.keep();
    this.participants.clear();
  }

  /** Within {@link commit}: whatever `erase` deletes is overwritten with zeros, in the file's free space too. */
  erasing(erase: () => void): void {
    this.db.pragma('secure_delete = ON');
    try {
      erase();
    } finally {
      this.db.pragma('secure_delete = FAST');
    }
    this.needsScrub = true;
  }

  /** {@link scrub} after a commit, which is no failure of that commit. */
  tryToScrub(): void {
    try {
      this.scrub();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }

  /** See {@link LedgerStore.scrub}. @throws Unavailable */
  scrub(): boolean {
    if (!this.needsScrub) return true;
    // Without waiting for other programs: that would stop this process.
    this.db.pragma('busy_timeout = 0');
    try {
      const [result] = this.db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      this.needsScrub = result?.busy !== 0;
    } catch (error) {
      throw beforeCommit(error);
    } finally {
      this.db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
    // Pages in memory that were read before the erasure.
    if (!this.needsScrub) this.reading.run('PRAGMA shrink_memory');
    return !this.needsScrub;
  }

  /** Throws FatalError if the opened files are no longer the ones at their paths. */
  assertInPlace(): void {
    for (const { path, identity } of this.files) {
      if (identityOf(path) === identity) continue;
      throw new FatalError(`${path} was deleted or replaced while the node runs on it`);
    }
  }

  private rollBack(): void {
    for (const participant of this.participants) participant.drop();
    this.participants.clear();
    if (this.db.inTransaction) this.sql.run('ROLLBACK');
  }
}

/** Identifies the file at a path, so that deletion and replacement are noticed. */
function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.dev}:${stat.ino}`;
}
