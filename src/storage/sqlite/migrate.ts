/** Migrates a database to the schema of this build: applies prisma/migrations, recorded in Prisma's own table. */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { OperatorError } from '../../ledger/errors.js';

/** The migrations of this build. */
export const MIGRATIONS = path.resolve(import.meta.dirname, '../../../prisma/migrations');
/** Prisma's table of applied migrations. */
export const BOOKKEEPING_TABLE = '_prisma_migrations';

interface AppliedRow {
  readonly name: string;
  readonly checksum: string;
}

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS "${BOOKKEEPING_TABLE}" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/** In the order in which they are applied. */
export function migrationNames(directory = MIGRATIONS): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** A database's applied migrations, by name, with their checksums. */
export function appliedMigrations(db: Database): ReadonlyMap<string, string> {
  const rows = db
    .prepare<[], AppliedRow>(
      `SELECT migration_name AS name, checksum FROM "${BOOKKEEPING_TABLE}" WHERE rolled_back_at IS NULL ORDER BY name`,
    )
    .all();
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

/**
 * Applies the missing migrations in one transaction: a crash leaves the database unchanged.
 * @param names of the migrations; by default all in the directory
 * @throws OperatorError if the database is of a newer build, or a migration was edited after it was applied
 */
export function migrate(db: Database, directory = MIGRATIONS, names = migrationNames(directory)): void {
  // Prisma's table rebuilds require it to be off, and it can't be switched inside a transaction.
  db.pragma('foreign_keys = OFF');
  db.transaction(() => {
    db.exec(BOOKKEEPING);
    const applied = appliedMigrations(db);
    const newer = [...applied.keys()].find((name) => !names.includes(name));
    if (newer !== undefined) {
      throw new OperatorError(
        `the database ${db.name} was written by a newer version (it has the migration ${newer}): start that version`,
      );
    }
    for (const name of names) apply(db, directory, name, applied.get(name));
  }).immediate();
  db.pragma('foreign_keys = ON');
}

export function migrationText(name: string, directory = MIGRATIONS): string {
  return readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
}

/** As Prisma computes it. */
export function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

function apply(db: Database, directory: string, name: string, known: string | undefined): void {
  const sql = migrationText(name, directory);
  const checksum = checksumOf(sql);
  if (known === checksum) return;
  if (known !== undefined) {
    throw new OperatorError(`migration ${name} was edited after ${db.name} was made with it`);
  }
  db.exec(sql);
  const now = new Date().toISOString();
  db.prepare(
    `INSERT INTO "${BOOKKEEPING_TABLE}" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES (?, ?, ?, ?, ?, 1)`,
  ).run(randomUUID(), checksum, name, now, now);
}
