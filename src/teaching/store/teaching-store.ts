/** Stores a teaching node's data in one SQLite file; the originals lose everything when they stop. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ServiceUnavailableException } from '@nestjs/common';
import Database, { type Database as Connection } from 'better-sqlite3';
import { OperatorError } from '../errors.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS block (position INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS pending (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS node (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS round (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
`;

export interface PendingRow {
  readonly id: number;
  readonly text: string;
}

/** Every write is atomic, and on disk when it returns. Texts are ASCII JSON. */
export class TeachingStore {
  private constructor(private readonly connection: Connection) {}

  /** @throws OperatorError if the file is in use, belongs to another role, or is not a database */
  static open(file: string, role: string): TeachingStore {
    let connection: Connection | undefined;
    try {
      mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
      connection = new Database(file, { timeout: 0 });
      // Held until the process ends, however it ends: one node per database.
      connection.exec('PRAGMA locking_mode = EXCLUSIVE');
      connection.exec('PRAGMA journal_mode = WAL');
      connection.exec('PRAGMA synchronous = FULL');
      connection.exec('BEGIN IMMEDIATE');
      refuseForeign(connection, file);
      connection.exec(SCHEMA);
      connection.exec('COMMIT');
      const store = new TeachingStore(connection);
      const owner = store.meta('role', () => role);
      if (owner === role) return store;
      throw new OperatorError(
        `the database ${file} belongs to ROLE=${owner}: set DATABASE_URL to another file`,
      );
    } catch (error) {
      connection?.close();
      if (error instanceof OperatorError) throw error;
      const isBusy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY') === true;
      const reason = isBusy
        ? 'is in use by another program: stop that one, or set DATABASE_URL to another file'
        : `cannot be opened: ${(error as Error).message}`;
      throw new OperatorError(`the database ${file} ${reason}`, { cause: error });
    }
  }

  close(): void {
    this.connection.close();
  }

  /** The value of a key; the first time, it is created by `make`. */
  meta(key: string, make: () => string): string {
    const row = this.all<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)[0];
    if (row !== undefined) return row.value;
    const value = make();
    this.write(() => this.run('INSERT INTO meta (key, value) VALUES (?, ?)', key, value));
    return value;
  }

  /** In order. */
  blocks(): readonly string[] {
    return this.all<{ text: string }>('SELECT text FROM block ORDER BY position').map(({ text }) => text);
  }

  /** In the order of their arrival. */
  pending(): readonly PendingRow[] {
    return this.all<PendingRow>('SELECT id, text FROM pending ORDER BY id');
  }

  addPending(text: string): PendingRow {
    return this.write(() => this.insertPending(text));
  }

  /** @param taken the pending rows that the block contains */
  appendBlock(text: string, taken: readonly PendingRow[] = []): void {
    this.write(() => {
      this.run('INSERT INTO block (text) VALUES (?)', text);
      for (const { id } of taken) this.run('DELETE FROM pending WHERE id = ?', id);
    });
  }

  /** @param from the first position that differs, counted from 0 @param returned become pending again */
  replaceBlocks(from: number, texts: readonly string[], returned: readonly string[]): readonly PendingRow[] {
    return this.write(() => {
      this.run('DELETE FROM block WHERE position > ?', from);
      for (const [place, text] of texts.entries()) {
        this.run('INSERT INTO block (position, text) VALUES (?, ?)', from + place + 1, text);
      }
      return returned.map((text) => this.insertPending(text));
    });
  }

  /** In the order of their registration. */
  nodes(): readonly string[] {
    return this.all<{ address: string }>('SELECT address FROM node ORDER BY id').map(
      ({ address }) => address,
    );
  }

  addNodes(addresses: readonly string[]): void {
    this.write(() => {
      for (const address of addresses) this.run('INSERT OR IGNORE INTO node (address) VALUES (?)', address);
    });
  }

  /** The last ones, oldest first. */
  rounds(limit: number): readonly string[] {
    const rows = this.all<{ text: string }>('SELECT text FROM round ORDER BY number DESC LIMIT ?', limit);
    return rows.map(({ text }) => text).reverse();
  }

  /** Stores a round and its block together. @param keep the number of rounds to keep; older ones are deleted */
  addRound(number: number, text: string, block: string | undefined, keep: number): void {
    this.write(() => {
      this.run('INSERT INTO round (number, text) VALUES (?, ?)', number, text);
      this.run('DELETE FROM round WHERE number <= ?', number - keep);
      if (block !== undefined) this.run('INSERT INTO block (text) VALUES (?)', block);
    });
  }

  private insertPending(text: string): PendingRow {
    const { lastInsertRowid } = this.run('INSERT INTO pending (text) VALUES (?)', text);
    return { id: Number(lastInsertRowid), text };
  }

  private run(sql: string, ...values: readonly (string | number)[]): { lastInsertRowid: number | bigint } {
    return this.connection.prepare(sql).run(...values);
  }

  private all<Row>(sql: string, ...values: readonly (string | number)[]): Row[] {
    return this.connection.prepare(sql).all(...values) as Row[];
  }

  /** @throws ServiceUnavailableException; then nothing was written */
  private write<T>(act: () => T): T {
    try {
      this.connection.exec('BEGIN IMMEDIATE');
      const result = act();
      this.connection.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
      throw new ServiceUnavailableException(
        `the node can't write to its database, nothing was changed: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
}

/** Other files, including a smart blockchain's database, are not written to. */
function refuseForeign(connection: Connection, file: string): void {
  const tables = connection.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all() as {
    name: string;
  }[];
  const known = /^(meta|block|pending|node|round|sqlite_.*)$/;
  const strange = tables.find(({ name }) => !known.test(name));
  if (strange === undefined) return;
  throw new OperatorError(
    `the database ${file} belongs to another program (it has the table ${strange.name}): set DATABASE_URL to another file`,
  );
}
