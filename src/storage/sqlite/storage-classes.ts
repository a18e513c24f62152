/**
 * Compares the values of each column with its type. SQLite stores any value that it can't convert (a text in the place of
 * bytes, say), and code that reads a column may interpret such a value differently from code that compares it.
 */
import Database, { type Database as Connection } from 'better-sqlite3';
import { assert } from '../../ledger/errors.js';
import { migrate } from './migrate.js';
import type { Difference } from './schema.js';

/** Some ten milliseconds of work. */
const ROWS_PER_STEP = 5000;

type StorageClass = 'integer' | 'text' | 'blob' | 'null';

interface Column {
  readonly name: string;
  readonly classes: readonly StorageClass[];
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

const CLASS_OF: Readonly<Record<string, StorageClass>> = {
  INTEGER: 'integer',
  BIGINT: 'integer',
  TEXT: 'text',
  BLOB: 'blob',
};

/** Checks every value of every table that a node reads; each step reads some thousand rows. */
export function* wrongClass(db: Connection): Generator<void, Difference | undefined, void> {
  for (const table of tables()) {
    const found = yield* wrongInTable(db, table);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first wrong value in some rows of a table. @param where an SQL condition that selects the rows */
export function wrongClassIn(db: Connection, name: string, where: string): Difference | undefined {
  const table = tables().find((each) => each.name === name);
  return table === undefined ? undefined : firstWrong(db, table, where);
}

function* wrongInTable(db: Connection, table: Table): Generator<void, Difference | undefined, void> {
  const select = db.prepare<[number], { last: number | null; rows: number; wrong: number }>(
    `SELECT max(at) AS last, count(*) AS rows, total(wrong) AS wrong FROM
       (SELECT rowid AS at, ${table.columns.map(isWrong).join(' OR ')} AS wrong
        FROM "${table.name}" NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ${ROWS_PER_STEP})`,
  );
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const { last = null, rows = 0, wrong = 0 } = select.get(after) ?? {};
    if (wrong > 0) return firstWrong(db, table, '1');
    yield;
    if (last === null || rows < ROWS_PER_STEP) return undefined;
    after = last;
  }
}

function firstWrong(db: Connection, table: Table, where: string): Difference | undefined {
  for (const column of table.columns) {
    const row = db
      .prepare<[], { found: string; at: number }>(
        `SELECT typeof("${column.name}") AS found, rowid AS at FROM "${table.name}" NOT INDEXED
         WHERE (${where}) AND ${isWrong(column)} LIMIT 1`,
      )
      .get();
    if (row === undefined) continue;
    const what = `${table.name}.${column.name} in the row ${row.at}`;
    return { what, expected: column.classes.join(' or '), found: row.found };
  }
  return undefined;
}

function isWrong({ name, classes }: Column): string {
  return `typeof("${name}") NOT IN (${classes.map((each) => `'${each}'`).join(', ')})`;
}

let known: readonly Table[] | undefined;

/**
 * The columns of the migrations' tables, except for Prisma's bookkeeping (see schema.ts) and the tables without
 * rowids, whose values are all compared (see audit-lookups.ts).
 */
function tables(): readonly Table[] {
  known ??= readTables();
  return known;
}

function readTables(): readonly Table[] {
  const db = new Database(':memory:');
  migrate(db);
  const found = db.pragma('table_list') as { name: string; type: string; wr: number }[];
  const ours = found.filter(
    ({ name, type, wr }) => type === 'table' && wr === 0 && !/^(sqlite|_prisma)_/.test(name),
  );
  const tables = ours.map(({ name }) => ({ name, columns: columnsOf(db, name) }));
  db.close();
  return tables;
}

function columnsOf(db: Connection, table: string): readonly Column[] {
  const columns = db.pragma(`table_info("${table}")`) as { name: string; type: string; notnull: number }[];
  return columns.map(({ name, type, notnull }) => {
    const own = CLASS_OF[type];
    assert(own !== undefined, `the column ${table}.${name} is of no type that is known here: ${type}`);
    return { name, classes: notnull === 1 ? [own] : [own, 'null'] };
  });
}
