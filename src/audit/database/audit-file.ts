/**
 * Opens a database file for reading only, and leaves nothing beside it. SQLite makes a log (-wal) and its index (-shm)
 * beside a database even to read it: that fails on a read-only medium or in somebody else's folder, and what a reading
 * connection made, it doesn't remove.
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

/** Copies that may be begun, while somebody writes. */
const COPIES_MAX = 3;

/** @throws OperatorError when it isn't there, or can't be read */
export async function openForAudit(file: string): Promise<AuditFile> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new OperatorError(`there is no database file ${file}`);
  }
  try {
    // The log lies beside the file itself, wherever a link to it is.
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
    // A node runs, or was killed. With the log's index there, nothing is made.
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

/** @returns undefined where the log's index can't be used by this user */
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

/** Only a connection that could write removes the log that it made, under SQLite's own locks: a node may start meanwhile. */
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
    // One that may write to it: a transaction that was broken off is rolled back, in the copy.
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

/** The file with its log, as they are at one time. */
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
