import type { Accepted } from '../../producer/accept/intake.js';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer } from '../../../test/support/test-producer.js';
import { migrate } from '../../storage/sqlite/migrate.js';
import { Statements } from '../../storage/sqlite/statements.js';
import { wrongClass } from '../../storage/sqlite/storage-classes.js';
import { TransactionIndex } from '../../storage/sqlite/lookups/transaction-index.js';
import { run } from '../testing/test-io.js';

let folder: string;
let sound: string;
let copies = 0;

/** A database with rows in every table. */
beforeAll(async () => {
  folder = temporaryFolder();
  const node = await startTestProducer(folder);
  const { clock, token, information, storage } = node;
  await node.transfer({ memo: '\u{fffd}\u{fffd}' });
  await node.transfer({ recipient: 'c\u{fffd}' });
  await node.transfer({ recipient: 'dave', hold_until: clock.now() + 1_000_000 });
  await node.inform({ degree: 'BSc\u{fffd}' });
  await node.erase(((await node.inform('erased')) as Accepted).entry.id);
  // As many as a row of subtrees is about.
  await Promise.all(Array.from({ length: 256 }, (_, n) => node.inform({ n })));
  await token.seal();
  await information.seal();
  clock.pass(10);
  await node.transfer({ amount: '3' });
  await storage.nodes.register(['http://127.0.0.1:1'], 1);
  await storage.faults.add({
    fault: 'MALFORMED',
    message: 'it is wrong',
    upstream: 'http://a',
    chain: 'aka',
    detectedAt: 1,
    evidence: '{}',
    digest: 'd',
  });
  const signature = new Uint8Array(72).fill(1);
  node.tokenStore.keepCosignatures(1, [{ name: 'w', id: 'ab'.repeat(4), signature }], []);
  const to = { size: 1, root: new Uint8Array(32).fill(1) };
  storage.cosigned.advance([{ origin: 'example.org/log', from: undefined, to }]);
  await node.close();
  sound = node.config.databaseFile;
  const db = new Database(sound);
  const sizes = { generation: 1, merged: 2 };
  const index = new TransactionIndex(new Statements(db), { number: 1, firstRow: 0 }, sizes);
  for (let step = 0; step < 9; step++) {
    index.stage([]);
    index.keep();
  }
  index.stage([{ sequence: 4, id: Buffer.alloc(32), sender: 1, recipient: 2 }]);
  db.exec(
    'UPDATE information SET information = NULL, salt = NULL WHERE sequence = 9; INSERT INTO withheld VALUES (9)',
  );
  db.close();
});
afterAll(removeTemporary);

function copyOf(change: (db: Connection) => void): string {
  const file = path.join(folder, `copy-${++copies}.db`);
  copyFileSync(sound, file);
  const db = new Database(file);
  change(db);
  db.close();
  return file;
}

const schema = new Database(':memory:');
migrate(schema);
const tables = (schema.pragma('table_list') as { name: string; type: string }[])
  .filter(({ name, type }) => type === 'table' && !/^(sqlite|_prisma)_/.test(name))
  .map(({ name }) => name);
const columns = tables.flatMap((table) =>
  (schema.pragma(`table_info("${table}")`) as { name: string; type: string }[]).map(
    ({ name, type }) => [table, name, type] as const,
  ),
);

/** A value of each storage class that is as similar as possible: the same digits, the same characters. */
const VALUES = {
  text: (column: string) => `iif(typeof(${column}) = 'blob', lower(hex(${column})), CAST(${column} AS TEXT))`,
  blob: (column: string) => `CAST(${column} AS BLOB)`,
  letters: () => `'text'`,
  integer: () => '7',
  real: () => '1.5',
  null: () => 'NULL',
};

interface Cell {
  readonly at: number;
  readonly value: unknown;
  readonly type: string;
}

/** The first value of a column. @returns undefined if the value didn't change, or can't be stored */
function put(db: Connection, table: string, column: string, value: string): boolean {
  const isRowid = /^(transaction_id|wallet_transaction)$/.test(table);
  const key = isRowid ? 'sequence' : 'rowid';
  const read = db.prepare<[], Cell>(
    `SELECT ${key} AS at, "${column}" AS value, typeof("${column}") AS type FROM "${table}" ORDER BY 1 LIMIT 1`,
  );
  const before = read.get();
  expect(before).toBeDefined();
  try {
    db.exec(`UPDATE "${table}" SET "${column}" = ${value} WHERE ${key} = ${before?.at}`);
  } catch {
    return false;
  }
  const after = read.get();
  return JSON.stringify(after) !== JSON.stringify(before);
}

/** Their keys are compared with the transactions, value by value. */
const COMPARED = new Set(['transaction_id', 'wallet_transaction']);
const OWN: Readonly<Record<string, string>> = {
  TEXT: 'text',
  BLOB: 'blob',
  INTEGER: 'integer',
  BIGINT: 'integer',
};

describe('each column, with a value of each storage class', () => {
  it('begins from a database in order, with rows in every table', async () => {
    expect((await run(['verify', '-q', sound])).code).toBe(0);
    const db = new Database(sound, { readonly: true });
    for (const table of tables) {
      expect([table, db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get()]).not.toEqual([table, 0]);
    }
    db.close();
  });

  it.each(columns)('is found to be another: %s.%s', async (table, column, type) => {
    const value = type === 'BLOB' ? VALUES.text : VALUES.blob;
    const changes: boolean[] = [];
    const file = copyOf((db) => void changes.push(put(db, table, column, value(`"${column}"`))));
    const { code } = await run(['verify', '-q', file]);
    // SQLite accepts nothing else as a row's number.
    expect(code).toBe(changes.includes(true) ? 1 : 0);
  });

  it('is found for what it is, whatever the value', () => {
    const db = new Database(copyOf(() => undefined));
    let wrong = 0;
    for (const [table, column, type] of columns) {
      if (COMPARED.has(table)) continue;
      for (const value of Object.values(VALUES)) {
        db.exec('BEGIN');
        if (put(db, table, column, value(`"${column}"`))) {
          const classes = db.prepare(`SELECT DISTINCT typeof("${column}") FROM "${table}"`).pluck().all();
          const isWrong = classes.some((each) => each !== OWN[type] && each !== 'null');
          if (isWrong) wrong++;
          const what = stepsOf(wrongClass(db)).value?.what;
          expect([table, column, what]).toEqual([
            table,
            column,
            isWrong ? expect.stringContaining(`${table}.${column} in the row`) : undefined,
          ]);
        }
        db.exec('ROLLBACK');
      }
    }
    db.close();
    expect(wrong).toBeGreaterThan(100);
  });
});

function stepsOf<T>(steps: Generator<void, T, void>): { readonly steps: number; readonly value: T } {
  for (let count = 0; ; count++) {
    const { done, value } = steps.next();
    if (done === true) return { steps: count, value };
  }
}

describe('bytes that are no text, or another one than it looks', () => {
  /** Replaces the bytes of the first U+FFFD in a text by others. */
  function replaced(table: string, column: string, bytes: string): string {
    return copyOf((db) => {
      const select = `SELECT rowid AS at, CAST("${column}" AS BLOB) AS value FROM "${table}"`;
      const row = db
        .prepare<[], { at: number; value: Buffer }>(`${select} WHERE instr("${column}", char(65533)) LIMIT 1`)
        .get()!;
      const start = row.value.indexOf('\u{fffd}');
      const other = Buffer.concat([
        row.value.subarray(0, start),
        Buffer.from(bytes, 'hex'),
        row.value.subarray(start + 3),
      ]);
      db.prepare(`UPDATE "${table}" SET "${column}" = CAST(? AS TEXT) WHERE rowid = ?`).run(other, row.at);
    });
  }

  it.each(['ff', 'f09f98', 'c080', 'eda080', 'e282', ''])('are found: %j for U+FFFD', async (bytes) => {
    for (const [table, column] of [
      ['transaction', 'leaf'],
      ['wallet', 'address'],
      ['information', 'information'],
    ] as const) {
      const { code, stdout } = await run(['verify', '-q', replaced(table, column, bytes)]);
      expect([column, code]).toEqual([column, 1]);
      expect(stdout).toContain('FAULT');
    }
  });

  it.each<[string, string]>([
    ['a NUL after a leaf', `UPDATE "transaction" SET leaf = leaf || char(0) WHERE sequence = 0`],
    ['a NUL in a nonce', `UPDATE "transaction" SET nonce = nonce || char(0) || 'x' WHERE sequence = 0`],
    ['a NUL after a nonce', `UPDATE information SET nonce = nonce || char(0)`],
    ['a NUL after an amount', `UPDATE wallet SET sent = sent || char(0)`],
    ['a NUL after a state', `UPDATE hold SET state = state || char(0)`],
    ['a NUL after the role', `UPDATE meta SET value = value || char(0)`],
    ['a NUL after information', `UPDATE information SET information = information || char(0)`],
    [
      'a byte order mark before a leaf',
      `UPDATE "transaction" SET leaf = char(65279) || leaf WHERE sequence = 0`,
    ],
    ['a byte order mark before a nonce', `UPDATE information SET nonce = char(65279) || nonce`],
    ['a plus before an amount', `UPDATE wallet SET sent = '+' || sent`],
    ['a space after an amount', `UPDATE supply SET issued = issued || ' '`],
    ['an amount in hexadecimal', `UPDATE supply SET burnt = '0x0'`],
    ['a role in capitals', `UPDATE meta SET value = 'PRODUCER'`],
  ])('are found: %s', async (_name, sql) => {
    expect((await run(['verify', '-q', copyOf((db) => db.exec(sql))])).code).toBe(1);
  });
});

it('looks at every row once, whatever a table has', () => {
  const db = new Database(sound, { readonly: true });
  const { steps } = stepsOf(wrongClass(db));
  db.close();
  expect(steps).toBe(tables.length - COMPARED.size);
});
