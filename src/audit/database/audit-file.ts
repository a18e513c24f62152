/**
 * Opens a database file for reading only, and leaves no files next to it. SQLite creates a log (-wal) and its index (-shm)
 * even to read a database: that fails on a read-only medium or in another user's folder, and a read-only connection
 * doesn't remove the files that it created.
 */
import { constants, existsSync, readSync, statSync, type Stats } from 'node:fs';
import { access, chmod, copyFile, mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { OperatorError } from '../../ledger/errors.js';
import { isSqliteError } from '../../storage/sqlite/sqlite-errors.js';

export interface AuditFile {
  readonly db: Connection;
  close(): Promise<void>;
}

/** The maximum attempts to copy a file while another process writes to it. */
const COPIES_MAX = 3;

/** @throws OperatorError if the file doesn't exist or can't be read */
export async function openForAudit(file: string): Promise<AuditFile> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new OperatorError(`there is no database file ${file}`);
  }
  try {
    // The log is next to the file itself, not next to a link.
    return await openPlace(await realpath(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isSqliteError(error) || typeof code !== 'string' || error instanceof OperatorError) throw error;
    throw new OperatorError(`${file} cannot be read: ${message}`, { cause: error });
  }
}

async function openPlace(file: string): Promise<AuditFile> {
  const log = sizeOf(`${file}-wal`) + sizeOf(`${file}-journal`);
  if (log > 0) {
    // A node runs, or was killed. If the log's index exists, nothing is created.
    return (existsSync(`${file}-shm`) ? readBeside(file) : undefined) ?? openCopy(file);
  }
  if (!(await hasLog(file))) return opened(new Database(file, { readonly: true }));
  return (await canWriteBeside(file)) ? openEmptyLog(file) : openCopy(file);
}

function opened(db: Connection, cleanUp: () => Promise<void> = () => Promise.resolve()): AuditFile {
  return {
    db,
    close: async () => {
      db.close();
      await cleanUp();
    },
  };
}

/** @returns undefined if this user can't use the log's index */
function readBeside(file: string): AuditFile | undefined {
  const db = new Database(file, { readonly: true });
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return opened(db);
  } catch (error) {
    db.close();
    if (isSqliteError(error) && /^SQLITE_(CANTOPEN|READONLY)/.test(error.code)) return undefined;
    throw error;
  }
}

/** Only a writable connection removes the log that it created, under SQLite's own locks: a node may start at the same time. */
function openEmptyLog(file: string): AuditFile {
  const db = new Database(file, { fileMustExist: true });
  try {
    db.pragma('query_only = ON');
    return opened(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

async function openCopy(file: string): Promise<AuditFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bpsc-verify-'));
  const cleanUp = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const copy = path.join(folder, 'database.db');
    await copyWhole(file, copy);
    // A writable connection, so that an interrupted transaction is rolled back in the copy.
    await chmod(copy, 0o600);
    return opened(new Database(copy, { fileMustExist: true }), cleanUp);
  } catch (error) {
    await cleanUp();
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new OperatorError(
      `${file} can only be read from a copy, and ${tmpdir()} has no room for one: ` +
        `set TMPDIR to a folder with ${sizeOf(file) + sizeOf(`${file}-wal`)} bytes free`,
      { cause: error },
    );
  }
}

/** A consistent copy of the file and its log. */
async function copyWhole(file: string, copy: string): Promise<void> {
  const parts = ['', '-wal', '-journal'];
  const states = (): string =>
    parts.map((part) => stateOf(statSync(file + part, { throwIfNoEntry: false }))).join();
  for (let tries = 0; tries < COPIES_MAX; tries++) {
    const before = states();
    for (const part of parts) {
      if (existsSync(file + part)) await copyFile(file + part, copy + part, constants.COPYFILE_FICLONE);
      else await rm(copy + part, { force: true });
    }
    if (states() === before) return;
  }
  throw new OperatorError(`${file} is written to while it is copied: verify it where its node runs`);
}

function stateOf(stat: Stats | undefined): string {
  return stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

/** Whether the database is of the kind with a log: "file format read version" in its header, 2 for WAL. */
async function hasLog(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(20);
    return readSync(handle.fd, header) === header.length && header[19] === 2;
  } finally {
    await handle.close();
  }
}

async function canWriteBeside(file: string): Promise<boolean> {
  try {
    await Promise.all([file, path.dirname(file)].map((each) => access(each, constants.W_OK)));
    return true;
  } catch {
    return false;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
