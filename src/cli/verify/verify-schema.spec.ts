import { copyFileSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer } from '../../../test/support/test-producer.js';
import { OperatorError } from '../../ledger/errors.js';
import { openStorage } from '../../storage/sqlite/database.js';
import { migrate, migrationNames, MIGRATIONS } from '../../storage/sqlite/migrate.js';
import { run } from '../testing/test-io.js';

let folder: string;
let sound: string;
let copies = 0;

beforeAll(async () => {
  folder = temporaryFolder();
  const node = await startTestProducer(folder);
  await node.transfer({});
  await node.token.seal();
  await node.transfer({});
  await node.inform({ degree: 'BSc' });
  await node.close();
  sound = node.config.databaseFile;
});
afterAll(removeTemporary);

function changed(change: (db: Connection) => void): string {
  const file = path.join(folder, `copy-${++copies}.db`);
  copyFileSync(sound, file);
  const db = new Database(file);
  change(db);
  db.close();
  return file;
}

/** The messages of verify and of a start about a database. */
async function verdicts(file: string): Promise<{ code: number; verify: string; start: string | undefined }> {
  const { code, stdout } = await run(['verify', '-q', file]);
  const start = await openStorage(file, 'producer').then(
    (storage) => storage.close(),
    (error: unknown) => (error instanceof OperatorError ? error.message : String(error)),
  );
  return { code, verify: stdout, start: start ?? undefined };
}

describe('a schema that is not as the migrations make it', () => {
  const fresh = new Database(':memory:');
  migrate(fresh);
  const objects = fresh
    .prepare<[], { type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL`,
    )
    .all();
  const indexes = objects.filter(({ type }) => type === 'index');
  /** Replaces an index by a different one. */
  const remake = (name: string, change: (sql: string) => string): string => {
    const { sql } = objects.find((object) => object.name === name)!;
    return `DROP INDEX "${name}"; ${change(sql)}`;
  };

  it.each<[string, string, string]>([
    ...objects.map(({ type, name }): [string, string, string] => [
      `no ${type} ${name}`,
      `DROP ${type} "${name}"`,
      name,
    ]),
    ...indexes.map(({ name }): [string, string, string] => [
      `a partial ${name}`,
      remake(name, (sql) => `${sql} WHERE 1 = 1`),
      name,
    ]),
    ...indexes
      .filter(({ sql }) => sql.startsWith('CREATE UNIQUE'))
      .map(({ name }): [string, string, string] => [
        `${name} without UNIQUE`,
        remake(name, (sql) => sql.replace('UNIQUE ', '')),
        name,
      ]),
    [
      'an index in another order',
      remake('transaction_nonce_sender_key', (sql) => sql.replace('"nonce", "sender"', '"sender", "nonce"')),
      'transaction_nonce_sender_key',
    ],
    [
      'an index with another collation',
      remake('wallet_address_chain_key', (sql) => sql.replace('"address"', '"address" COLLATE NOCASE')),
      'wallet_address_chain_key',
    ],
    ['an index too many', 'CREATE INDEX more ON wallet (sent)', 'the index more of wallet'],
    ['an index of an expression', 'CREATE INDEX more ON wallet (length(sent))', 'the index more'],
    ['a view', 'CREATE VIEW rich AS SELECT * FROM wallet', 'the view rich'],
    [
      'a trigger',
      'CREATE TRIGGER t AFTER INSERT ON "transaction" BEGIN UPDATE wallet SET sent = 0; END',
      'the trigger t of transaction',
    ],
    [
      'a trigger of a view',
      'CREATE VIEW v AS SELECT 1; CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN SELECT 1; END',
      'the view v',
    ],
    ['a table too many', 'CREATE TABLE more (a)', 'the table more'],
    ['a virtual table', 'CREATE VIRTUAL TABLE words USING fts5(word)', 'the table words'],
    ['a column too many', 'ALTER TABLE wallet ADD COLUMN more TEXT', 'the table wallet'],
    ['a column of another name', 'ALTER TABLE supply RENAME COLUMN burnt TO burned', 'the table supply'],
    ['a column too few', 'ALTER TABLE fault DROP COLUMN found', 'the table fault'],
    [
      'a column without its default',
      'CREATE TABLE w2 AS SELECT * FROM wallet; DROP TABLE wallet; ALTER TABLE w2 RENAME TO wallet',
      'the table wallet',
    ],
  ])('is found, and not started on: %s', async (_name, sql, object) => {
    const { code, verify, start } = await verdicts(changed((db) => db.exec(sql)));
    expect(code).toBe(1);
    expect(verify).toContain(object);
    expect(verify).toContain('is NOT valid');
    // Without the table of applied migrations, the first one is applied again.
    expect(start).toContain(object === '_prisma_migrations' ? 'already exists' : object);
    expect(start).toMatch(/^the database [^\n]*$/);
  });

  it('is found, and not started on: another encoding', async () => {
    const file = path.join(folder, 'utf-16.db');
    const db = new Database(file);
    db.pragma(`encoding = 'UTF-16le'`);
    migrate(db);
    db.close();
    const { code, verify, start } = await verdicts(file);
    expect(code).toBe(1);
    expect(verify).toContain('the encoding: expected UTF-8, found UTF-16le');
    expect(start).toContain('the encoding differs from');
  });
});

describe('a schema that is as it should be', () => {
  it.each<[string, (db: Connection) => void]>([
    ['after ANALYZE', (db) => db.exec('ANALYZE')],
    ['after VACUUM', (db) => db.exec('VACUUM')],
    ['after PRAGMA optimize', (db) => void db.pragma('optimize')],
    ['after REINDEX', (db) => db.exec('REINDEX')],
    [
      'with another page size',
      (db) => void (db.pragma('journal_mode = DELETE'), db.pragma('page_size = 8192'), db.exec('VACUUM')),
    ],
  ])('%s', async (_name, change) => {
    expect(await verdicts(changed(change))).toMatchObject({ code: 0, start: undefined });
  });

  it('in a copy by VACUUM INTO', async () => {
    const copy = path.join(folder, 'copy.db');
    changed((db) => db.prepare('VACUUM INTO ?').run(copy));
    expect(await verdicts(copy)).toMatchObject({ code: 0, start: undefined });
  });

  it.each(migrationNames().map((name, at) => [name, at] as const))(
    'in a database of the version with %s, once a node was started on it',
    async (_name, at) => {
      const file = path.join(folder, `version-${at}.db`);
      const db = new Database(file);
      migrate(db, MIGRATIONS, migrationNames().slice(0, at + 1));
      db.close();
      const { code, stderr } = await run(['verify', '-q', file]);
      expect(code).toBe(2);
      const isOld = at < migrationNames().length - 1;
      expect(stderr).toMatch(
        isOld ? /is of an older version of bpsc: start a node on it once/ : /has no chains yet/,
      );
      await (await openStorage(file, 'producer')).close();
      expect((await run(['verify', '-q', file])).stderr).toMatch(/has no chains yet/);
    },
  );

  it('but for the books of the migrations, which say that it is older', async () => {
    const file = changed((db) =>
      db.exec(`DELETE FROM _prisma_migrations WHERE migration_name <> '${migrationNames()[0]}'`),
    );
    expect((await run(['verify', '-q', file])).code).toBe(1);
  });
});
