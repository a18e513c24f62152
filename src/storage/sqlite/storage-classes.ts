/**
 * What each column holds against its type. SQLite keeps whatever it is given where it can't convert it (a text among
 * bytes, say), and what reads a column takes such a value for another one than what compares it.
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

/** Looks at every value of every table that a node reads, some thousand rows between two steps. */
export function* wrongClass(db: Connection): Generator<void, Difference | undefined, void> {
  for (const table of tables()) {
    const found = yield* wrongInTable(db, table);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first wrong value in some rows of a table. @param where SQL that says which rows */
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
 * As the migrations make them, but for what the migrations themselves keep (read in schema.ts) and the tables without
 * rowids: every value of those is compared, and is a number or a fault (audit-lookups.ts).
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
