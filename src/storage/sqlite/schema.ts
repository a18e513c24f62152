/** Compares a database's schema with that of the migrations: reading and writing rely on every table, column and index. */
import Database, { type Database as Connection } from 'better-sqlite3';
import {
  appliedMigrations,
  BOOKKEEPING_TABLE,
  checksumOf,
  migrate,
  migrationNames,
  MIGRATIONS,
  migrationText,
} from './migrate.js';

/** The differences from the expected schema, for people. */
export interface Difference {
  /** what differs: an object of the schema, or a setting of the file */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** The migration state of a database. */
export type Version = 'this' | 'older' | 'newer' | 'none';

export function versionOf(db: Connection): Version {
  if (!hasTable(db, BOOKKEEPING_TABLE)) return hasTable(db, 'chain') ? 'this' : 'none';
  const applied = [...appliedMigrations(db).keys()];
  const known = migrationNames();
  if (applied.some((name) => !known.includes(name))) return 'newer';
  if (known.every((name) => applied.includes(name))) return 'this';
  // If only the bookkeeping is older, the database is not of an older version.
  return objectDifference(db, applied) === undefined ? 'older' : 'this';
}

/** The first object that differs from the migrations, is missing, or is additional. */
export function schemaDifference(db: Connection): Difference | undefined {
  const names = migrationNames();
  const difference = objectDifference(db, names);
  if (difference !== undefined) return difference;
  const applied = appliedMigrations(db);
  const other = names.find((name) => applied.get(name) !== checksumOf(migrationText(name)));
  if (other === undefined) return undefined;
  const found = applied.has(other) ? 'another text' : 'nothing';
  return {
    what: `the migration ${other} in the table ${BOOKKEEPING_TABLE}`,
    expected: 'its checksum',
    found,
  };
}

function objectDifference(db: Connection, applied: readonly string[]): Difference | undefined {
  const encoding = String(db.pragma('encoding', { simple: true }));
  if (encoding !== ENCODING) return { what: 'the encoding', expected: ENCODING, found: encoding };
  const expected = expectedObjects(applied);
  const found = objectsOf(db);
  for (const [name, sql] of expected) {
    const other = found.get(name);
    if (other !== sql) return { what: name, expected: sql, found: other ?? 'nothing' };
  }
  for (const [name, sql] of found) {
    if (!expected.has(name)) return { what: name, expected: 'nothing', found: sql };
  }
  return undefined;
}

/** Texts are also read as bytes, which would be others in another encoding. */
const ENCODING = 'UTF-8';
/** The prefix of the index that SQLite creates for a key. */
const BY_ITSELF = 'an index that SQLite makes by itself';

/** Objects by kind and name, such as "the index chain_kind_key", with the SQL that creates them. */
type SchemaObjects = ReadonlyMap<string, string>;

const expectations = new Map<string, SchemaObjects>();

function expectedObjects(applied: readonly string[]): SchemaObjects {
  const key = applied.join('\n');
  let objects = expectations.get(key);
  if (objects === undefined) {
    const db = new Database(':memory:');
    migrate(db, MIGRATIONS, applied);
    objects = objectsOf(db);
    expectations.set(key, objects);
    db.close();
  }
  return objects;
}

/** All objects except the tables of ANALYZE, which don't affect any result. */
function objectsOf(db: Connection): SchemaObjects {
  const rows = db
    .prepare<[], { type: string; name: string; parent: string; sql: string | null }>(
      'SELECT type, name, tbl_name AS parent, sql FROM sqlite_schema ORDER BY rowid',
    )
    .all()
    .filter(({ name }) => !/^sqlite_stat[134]$/.test(name));
  return new Map(
    rows.map(({ type, name, parent, sql }) => [
      `the ${type} ${name}${type === 'table' || type === 'view' ? '' : ` of ${parent}`}`,
      // Prisma's own tools may have created their bookkeeping table.
      name === BOOKKEEPING_TABLE ? 'a table' : (sql?.replace(/\s+/g, ' ').trim() ?? BY_ITSELF),
    ]),
  );
}

function hasTable(db: Connection, name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined;
}
