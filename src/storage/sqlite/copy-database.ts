/** Copies a node's database while the node runs, and opens the copy as a start would. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import Database, { type Database as Connection } from 'better-sqlite3';
import { OperatorError } from '../../ledger/errors.js';
import type { Role } from '../../ledger/node-info.js';
import { schemaDifference, versionOf } from './schema.js';
import { BUSY_TIMEOUT_MS } from './sqlite-commits.js';
import { isSqliteError } from './sqlite-errors.js';
import { assertStartable } from './start-check.js';

/** The last block of a chain in a database. */
export interface StoredHead {
  readonly name: string;
  /** the chain's id */
  readonly id: string;
  readonly index: number;
  readonly hash: string;
}

export interface CopiedDatabase {
  readonly role: Role;
  readonly heads: readonly StoredHead[];
}

const HEADS = `
  SELECT name, lower(hex(chain_id)) AS id, head_index AS "index", lower(hex(head_hash)) AS hash FROM chain ORDER BY number`;

/**
 * Writes one consistent and compact copy (VACUUM INTO), and checks that a node could start with it and that it is a
 * state of this database. It blocks the event loop for as long as it takes; the node's log grows meanwhile.
 * @param to must not exist; on disk when this returns
 * @throws OperatorError
 */
export function copyDatabase(from: string, to: string): CopiedDatabase {
  const source = open(from);
  try {
    assertThisVersion(source, from);
    const before = headsOf(source);
    source.prepare('VACUUM INTO ?').run(to);
    sync(to);
    const copied = checkCopy(to);
    assertBetween(before, copied.heads, source);
    return copied;
  } catch (error) {
    throw asOperatorError(error, from);
  } finally {
    source.close();
  }
}

/** What a start checks of a database, without changing it. @throws OperatorError */
export function checkCopy(file: string): CopiedDatabase {
  const db = open(file);
  try {
    assertThisVersion(db, file);
    const row = db.prepare<[], { value: unknown }>(`SELECT value FROM meta WHERE key = 'role'`).get();
    const role = row?.value;
    if (role !== 'producer' && role !== 'follower') {
      throw new OperatorError(`the database ${file} has no role of a node`);
    }
    assertStartable(db, role);
    return { role, heads: headsOf(db) };
  } catch (error) {
    throw asOperatorError(error, file);
  } finally {
    db.close();
  }
}

function open(file: string): Connection {
  try {
    return new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw asOperatorError(error, file);
  }
}

function assertThisVersion(db: Connection, file: string): void {
  const version = versionOf(db);
  if (version === 'none') throw new OperatorError(`${file} is not the database of a node`);
  if (version !== 'this') {
    throw new OperatorError(
      `the database ${file} is of ${version === 'newer' ? 'a newer' : 'an older'} version of bpsc`,
    );
  }
  const difference = schemaDifference(db);
  if (difference === undefined) return;
  throw new OperatorError(
    `the database ${file} was changed by something other than bpsc: ${difference.what} differs from its migrations`,
  );
}

function headsOf(db: Connection): readonly StoredHead[] {
  return db.prepare<[], StoredHead>(HEADS).all();
}

/** The copy has every chain that was there before, at that block or later, and only blocks that the database has. */
function assertBetween(
  before: readonly StoredHead[],
  copied: readonly StoredHead[],
  source: Connection,
): void {
  const hashAt = source.prepare<[string, number], { hash: string }>(
    `SELECT lower(hex(block.hash)) AS hash FROM block JOIN chain ON chain.number = block.chain
     WHERE lower(hex(chain_id)) = ? AND block."index" = ?`,
  );
  for (const { id, name, index } of before) {
    const head = copied.find((each) => each.id === id);
    if (head === undefined || head.index < index) {
      throw new OperatorError(`the copy lacks block ${index} of ${name}, which the database has`);
    }
  }
  for (const { id, name, index, hash } of copied) {
    if (hashAt.get(id, index)?.hash === hash) continue;
    throw new OperatorError(`the copy's block ${index} of ${name} differs from the database's`);
  }
}

function sync(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function asOperatorError(error: unknown, file: string): unknown {
  if (!isSqliteError(error)) return error;
  return new OperatorError(`the database ${file} cannot be copied: ${error.message} (${error.code})`, {
    cause: error,
  });
}
