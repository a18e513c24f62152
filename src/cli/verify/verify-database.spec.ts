import { copyFileSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { withoutUnique } from '../../storage/testing/without-unique.js';
import { entryId } from '../../chain/entry/entry.js';
import { migrate } from '../../storage/sqlite/migrate.js';
import { Statements } from '../../storage/sqlite/statements.js';
import { TransactionIndex } from '../../storage/sqlite/lookups/transaction-index.js';
import { run, type Run } from '../testing/test-io.js';

const MIGRATIONS = path.resolve('prisma/migrations');

let folder: string;
let sound: string;
let copies = 0;

beforeAll(async () => {
  folder = temporaryFolder();
  const node = await startTestProducer(folder);
  await fill(node);
  await node.close();
  sound = node.config.databaseFile;
});
afterAll(removeTemporary);

/** Blocks with and without entries on both chains, and entries that wait. */
async function fill(node: TestProducer): Promise<void> {
  const { token, information, clock } = node;
  await node.transfer({ memo: 'rent' });
  await node.transfer({ sender: 'bob', recipient: 'carol', amount: '0.5' });
  clock.pass(10);
  await token.seal();
  await token.seal();
  await node.transfer({ sender: 'carol', recipient: 'alice', amount: '0.25' });
  await token.seal();
  await node.inform({ degree: 'BSc' });
  await node.inform('forgotten', 'n-1');
  await information.seal();
  clock.pass(10);
  await node.transfer({ amount: '3' });
  await node.transfer({ amount: '4' });
  await node.inform([1, 2]);
}

/** Verifies a copy of the sound database that was changed by something other than bpsc. */
async function verifyAfter(tamper: (db: Connection, file: string) => void): Promise<Run> {
  const file = path.join(folder, `copy-${++copies}.db`);
  copyFileSync(sound, file);
  const db = new Database(file);
  tamper(db, file);
  if (db.open) db.close();
  return run(['verify', '-q', '--json', file]);
}

/** The first fault in a JSON report. */
function faultOf({ stdout }: Run): Record<string, unknown> | undefined {
  const report = JSON.parse(stdout) as { chains: { fault: unknown }[]; fault: unknown };
  const faults = [...report.chains.map(({ fault }) => fault), report.fault].filter((fault) => fault !== null);
  return faults[0] as Record<string, unknown> | undefined;
}

describe('bpsc verify <database>', () => {
  it('finds a sound database in order', async () => {
    const { code, stdout } = await run(['verify', '-q', '--json', sound]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      role: 'producer',
      chains: [
        {
          name: 'aka',
          kind: 'token',
          blocks: 4,
          entries: 3,
          entries_waiting: 2,
          wallets_compared: 4,
          holds_compared: 0,
        },
        {
          name: 'information',
          blocks: 2,
          entries: 2,
          entries_waiting: 1,
          wallets_compared: null,
          holds_compared: null,
        },
      ],
      fault: null,
    });
  });

  it('says so to people, with what to compare', async () => {
    const { code, stdout } = await run(['verify', `file:${sound}`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^aka \(token chain\)\n {2}chain id {3}[0-9a-f]{64}\n {2}producer {3}[0-9a-f]{64}\n/,
    );
    expect(stdout).toMatch(/ {2}blocks {5}4, with 3 entries\n/);
    expect(stdout).toMatch(
      / {2}waiting {4}2 entries, valid so far\n {2}wallets {4}4, each as its entries add up\n {2}holds {6}0, each open or ended as its entries say\n/,
    );
    expect(stdout).toMatch(
      /\nOK: every block and every entry was verified from genesis\.\nCompare .*\n {2}--chain-id /,
    );
  });

  it('works while a node runs on it', async () => {
    const live = temporaryFolder();
    const node = await startTestProducer(live);
    await fill(node);
    const first = await run(['verify', '-q', '--json', node.config.databaseFile]);
    await node.transfer({ amount: '5' });
    await node.token.seal();
    const second = await run(['verify', '-q', '--json', node.config.databaseFile]);
    await node.close();
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(JSON.parse(second.stdout)).toMatchObject({
      chains: [{ blocks: 5, entries: 6, entries_waiting: 0 }, {}],
    });
  });

  it('takes an erased record', async () => {
    const { code } = await verifyAfter((db) => {
      db.exec(`UPDATE information SET information = NULL, salt = NULL WHERE nonce = 'n-1'`);
    });
    expect(code).toBe(0);
  });

  it('holds the chains against what the user knows', async () => {
    const other = 'ab'.repeat(32);
    const chain = await run(['verify', '-q', '--json', '--chain-id', other, sound]);
    expect([chain.code, faultOf(chain)]).toMatchObject([1, { code: 'CHAIN_MISMATCH', expected: other }]);
    const key = await run(['verify', '-q', '--json', '--producer', other, sound]);
    expect([key.code, faultOf(key)]).toMatchObject([1, { code: 'PRODUCER_MISMATCH', expected: other }]);

    const { id, producer } = (
      JSON.parse((await run(['verify', '-q', '--json', sound])).stdout) as {
        chains: { id: string; producer: string }[];
      }
    ).chains[0]!;
    const right = await run(['verify', '-q', '--chain-id', id, '--producer', producer, sound]);
    expect(right.code).toBe(0);
    expect(right.stdout).toMatch(/It is the chain, and the producer, that you named\.\n$/);
  });
});

describe('a database that was tampered with', () => {
  const tables = ['chain', 'block', 'transaction', 'information', 'wallet'];
  const schema = new Database(':memory:');
  migrate(schema, MIGRATIONS);
  const columns = tables
    .flatMap((table) =>
      (schema.pragma(`table_info("${table}")`) as { name: string }[]).map(
        ({ name }) => [table, name] as const,
      ),
    )
    // Nothing has to refer to a wallet: its number is free then. See below for one that is referred to.
    .filter(([table, column]) => `${table}.${column}` !== 'wallet.id');

  /** Another value of the same type, and one of another type. */
  const CHANGES: Record<string, (value: unknown) => unknown> = {
    changed: (value) => {
      if (typeof value === 'number') return value + 1000;
      if (value instanceof Buffer)
        return value.length === 0
          ? Buffer.of(1)
          : Buffer.from(value.map((byte, place) => (place === 0 ? byte ^ 1 : byte)));
      return `${String(value)}1`;
    },
    'of another type': (value) => (typeof value === 'string' ? Buffer.from(value) : 'something else'),
  };

  for (const [table, column] of columns) {
    for (const [how, change] of Object.entries(CHANGES)) {
      for (const end of ['ASC', 'DESC']) {
        it(`is found: ${table}.${column} ${how} (${end})`, async () => {
          const result = await verifyAfter((db) => {
            const row = db
              .prepare<[], { rowid: number; value: unknown }>(
                `SELECT rowid AS rowid, "${column}" AS value FROM "${table}" ORDER BY rowid ${end} LIMIT 1`,
              )
              .get()!;
            // A key of the table can't be of another type: SQLite itself refuses it.
            const isKey = /^(number|sequence|id)$/.test(column) && typeof row.value === 'number';
            const value = isKey ? CHANGES.changed!(row.value) : change(row.value);
            db.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE rowid = ?`).run(value, row.rowid);
          });
          expect(result.code).toBe(1);
          expect(faultOf(result)?.code).toMatch(/^[A-Z_]+$/);
        });
      }
    }
  }

  it.each<[string, string, object]>([
    [
      'a transaction in another block',
      `UPDATE "transaction" SET block = 4 WHERE sequence = 1`,
      { code: 'STORED_MISMATCH', index: 2, sequence: 1, field: 'block', expected: '2', found: '4' },
    ],
    [
      'a frontier',
      `UPDATE block SET frontier = zeroblob(32) WHERE chain = 1 AND "index" = 2`,
      { code: 'STORED_MISMATCH', index: 2, field: 'frontier' },
    ],
    [
      'a head that is set back',
      `UPDATE chain SET head_index = 3, head_hash = (SELECT hash FROM block WHERE chain = 1 AND "index" = 3) WHERE number = 1`,
      { code: 'STORED_MISMATCH', field: 'head_index', expected: '4', found: '3' },
    ],
    [
      'a lost head block',
      `DELETE FROM block WHERE chain = 1 AND "index" = 4`,
      { code: 'STORED_MISMATCH', field: 'head_index', expected: '3', found: '4' },
    ],
    [
      'a lost block',
      `DELETE FROM block WHERE chain = 1 AND "index" = 3`,
      { code: 'INDEX_MISMATCH', expected: '3', found: '4' },
    ],
    [
      'a block of no chain',
      `INSERT INTO block SELECT 3, "index", zeroblob(32), previous_hash, timestamp, tree_root, tree_size, signature, frontier, NULL FROM block LIMIT 1`,
      { code: 'STORED_MISMATCH', field: 'blocks' },
    ],
    [
      'a lost transaction',
      `DELETE FROM "transaction" WHERE sequence = 2`,
      { code: 'TREE_SIZE_MISMATCH', index: 4 },
    ],
    [
      'a transaction before the first',
      `INSERT INTO "transaction" SELECT -1, id, block, sender, recipient, nonce || 'x', leaf FROM "transaction" LIMIT 1`,
      { code: 'STORED_MISMATCH', field: 'transactions', expected: '5', found: '6' },
    ],
    [
      'a wrong balance',
      `UPDATE wallet SET received = '1' WHERE address = 'bob'`,
      { code: 'WALLET_MISMATCH', field: 'wallet \\"bob\\"' },
    ],
    [
      'a wallet under another number than its transactions name',
      `UPDATE wallet SET id = 1000 WHERE address = 'alice'`,
      { code: 'STORED_MISMATCH', index: 2, sequence: 0, field: 'sender' },
    ],
    [
      'a wallet too many',
      `INSERT INTO wallet (id, address) VALUES (99, 'mallory')`,
      { code: 'WALLET_MISMATCH', found: 'one' },
    ],
    [
      'a lost wallet that nobody sent from',
      `DELETE FROM wallet WHERE address = 'bpsc_wallet_address'`,
      { code: 'WALLET_MISMATCH', expected: 'a wallet', found: 'none' },
    ],
    [
      'a leaf that is not canonical',
      `UPDATE "transaction" SET leaf = replace(leaf, '":', '": ') WHERE sequence = 0`,
      { code: 'STORED_MISMATCH', field: 'leaf', sequence: 0 },
    ],
    [
      'information that is not canonical',
      `UPDATE information SET information = ' ' || information WHERE sequence = 0`,
      { code: 'STORED_MISMATCH', field: 'information' },
    ],
    [
      'a salt without its information',
      `UPDATE information SET information = NULL WHERE sequence = 0`,
      { code: 'ENTRY_MALFORMED', field: 'information' },
    ],
    [
      'an entry that waits for a block far away',
      `UPDATE "transaction" SET block = 9 WHERE sequence = 4`,
      { code: 'STORED_MISMATCH', field: 'block', expected: '5 or 6 for an entry that waits' },
    ],
    [
      'an entry that waits for a sealed block',
      `UPDATE "transaction" SET block = 4 WHERE sequence = 3`,
      { code: 'STORED_MISMATCH', field: 'block' },
    ],
    [
      'a gap between entries that wait',
      `UPDATE "transaction" SET sequence = 7 WHERE sequence = 4`,
      { code: 'STORED_MISMATCH', field: 'sequence', expected: '4', found: '7' },
    ],
    [
      'a waiting entry of another amount',
      `UPDATE "transaction" SET leaf = replace(leaf, '"amount_send":"4"', '"amount_send":"5"') WHERE sequence = 4`,
      { code: 'ENTRY_ID_MISMATCH', index: 5, sequence: 4 },
    ],
    ['a role that is none', `UPDATE meta SET value = 'king'`, { code: 'STORED_MISMATCH', field: 'role' }],
    ['a missing chain', `DELETE FROM chain WHERE number = 2`, { code: 'STORED_MISMATCH', field: 'blocks' }],
  ])('is found: %s', async (_name, sql, expected) => {
    const result = await verifyAfter((db) => db.exec(sql));
    expect(result.code).toBe(1);
    expect(faultOf(result)).toMatchObject(expected);
  });

  it('is found: a waiting entry with a nonce that was used', async () => {
    const result = await verifyAfter((db) => {
      const nonceOf = (sequence: number): string =>
        db
          .prepare<[number], string>('SELECT nonce FROM "transaction" WHERE sequence = ?')
          .pluck()
          .get(sequence)!;
      const [used, other] = [nonceOf(0), nonceOf(4)];
      withoutUnique(db, 'transaction_nonce_sender_key', () => {
        db.prepare('UPDATE "transaction" SET nonce = ?, leaf = replace(leaf, ?, ?) WHERE sequence = 4').run(
          used,
          other,
          used,
        );
        const leaf = db
          .prepare<[], string>('SELECT leaf FROM "transaction" WHERE sequence = 4')
          .pluck()
          .get()!;
        db.prepare('UPDATE "transaction" SET id = ? WHERE sequence = 4').run(Buffer.from(entryId(leaf)));
      });
    });
    expect(faultOf(result)).toMatchObject({ code: 'NONCE_REUSED', index: 5, sequence: 4 });
  });

  it('is found: an index that says something else than its table', async () => {
    const result = await verifyAfter((db) => {
      const nonce = db
        .prepare<[], string>('SELECT nonce FROM "transaction" WHERE sequence = 1')
        .pluck()
        .get()!;
      const entry = db
        .prepare(`SELECT * FROM sqlite_master WHERE name = 'transaction_nonce_sender_key'`)
        .get() as object;
      db.prepare(`UPDATE "transaction" SET nonce = 'another' WHERE sequence = 1`).run();
      // Hides the index from SQLite while the row is restored.
      db.unsafeMode(true);
      db.pragma('writable_schema = ON');
      db.exec(`DELETE FROM sqlite_master WHERE name = 'transaction_nonce_sender_key'`);
      db.pragma('writable_schema = RESET');
      db.prepare('UPDATE "transaction" SET nonce = ? WHERE sequence = 1').run(nonce);
      db.pragma('writable_schema = ON');
      db.prepare('INSERT INTO sqlite_master VALUES (@type, @name, @tbl_name, @rootpage, @sql)').run(entry);
      db.pragma('writable_schema = RESET');
    });
    expect(faultOf(result)).toMatchObject({
      code: 'STORED_MISMATCH',
      field: 'the index transaction_nonce_sender_key',
    });
  });

  it('is found: a damaged file', async () => {
    const result = await verifyAfter((db, file) => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      truncateSync(file, 5 * 4096);
    });
    expect(result.code).toBe(1);
    expect(faultOf(result)).toMatchObject({ code: 'STORED_MISMATCH', field: 'the file' });
  });

  it('tells people the block, the entry, and what was expected', async () => {
    const file = path.join(folder, 'told.db');
    copyFileSync(sound, file);
    const db = new Database(file);
    db.exec(`UPDATE "transaction" SET nonce = 'other' WHERE sequence = 1`);
    db.close();
    const { code, stdout } = await run(['verify', '-q', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /\nFAULT in aka: block 2, entry 1 stores other data that does not match the chain \(nonce: expected "[^"]+", found "other"\)\n {2}code {6}STORED_MISMATCH\n {2}block {5}2\n {2}entry {5}1\n {2}field {5}nonce\n {2}expected {2}"[^"]+"\n {2}found {5}"other"\n/,
    );
    expect(stdout).toContain('  verified   1, with 0 entries\n');
    expect(stdout).toMatch(/told\.db is NOT valid\.\n$/);
  });
});

describe('what is no database', () => {
  it.each<[string, string | undefined, RegExp]>([
    ['missing', undefined, /^bpsc: there is no database file .*\n$/],
    ['text', 'hello'.repeat(1000), /^bpsc: .* is not a bpsc database: file is not a database\n$/],
    ['empty', '', /^bpsc: .* is not a bpsc database: it has none of its tables\n$/],
  ])('is refused in one line: %s', async (name, content, message) => {
    const file = path.join(folder, `no-database-${name}`);
    if (content !== undefined) writeFileSync(file, content);
    const { code, stdout, stderr } = await run(['verify', '-q', file]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(file)).toBe(content !== undefined);
  });

  it('is refused when it has no chains yet', async () => {
    const file = path.join(folder, 'unborn.db');
    const db = new Database(file);
    migrate(db, MIGRATIONS);
    db.close();
    const { code, stderr } = await run(['verify', '-q', file]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^bpsc: .* has no chains yet\n$/)]);
  });
});

describe('the tables that transactions are found by', () => {
  /** The lookup rows of the five transactions up to a sequence, and their recorded end. */
  const filled = (to: number, indexed = to): string => `
    INSERT INTO transaction_id
      SELECT ('[0x' || hex(substr(id, 1, 6)) || ']') ->> 0, sequence FROM "transaction" WHERE sequence < ${to};
    INSERT INTO wallet_transaction
      SELECT sender, sequence FROM "transaction" WHERE sequence < ${to}
      UNION ALL SELECT recipient, sequence FROM "transaction" WHERE sequence < ${to};
    UPDATE chain SET indexed_row = ${indexed} WHERE number = 1;`;

  it.each([
    ['all of them', filled(5)],
    ['the first of them', filled(2)],
    ['none of them', filled(0)],
  ])('may have %s', async (_what, sql) => {
    const { code } = await verifyAfter((db) => db.exec(sql));
    expect(code).toBe(0);
  });

  it.each<[string, string, string]>([
    ['an id too few', 'DELETE FROM transaction_id WHERE sequence = 1', 'transaction_id'],
    ['an id too many', 'INSERT INTO transaction_id VALUES (7, 2)', 'transaction_id'],
    ['an id of no transaction', 'INSERT INTO transaction_id VALUES (7, 9)', 'transaction_id'],
    ['another id', 'UPDATE transaction_id SET prefix = prefix + 1 WHERE sequence = 0', 'transaction_id'],
    [
      'ids of each other',
      'UPDATE transaction_id SET sequence = 3 - sequence WHERE sequence BETWEEN 1 AND 2',
      'transaction_id',
    ],
    [
      'an id that is no number',
      `UPDATE transaction_id SET prefix = 'something' WHERE sequence = 3`,
      'transaction_id',
    ],
    [
      'a sequence that is none',
      'UPDATE transaction_id SET sequence = 1.5 WHERE sequence = 1',
      'transaction_id',
    ],
    [
      'an id beyond what all must be in',
      `UPDATE chain SET indexed_row = 4 WHERE number = 1`,
      'transaction_id',
    ],
    [
      'a wallet too few',
      'DELETE FROM wallet_transaction WHERE sequence = 4 AND wallet = (SELECT max(wallet) FROM wallet_transaction WHERE sequence = 4)',
      'wallet_transaction',
    ],
    ['a wallet too many', 'INSERT INTO wallet_transaction VALUES (1000, 3)', 'wallet_transaction'],
    [
      'another wallet',
      'UPDATE wallet_transaction SET wallet = 1000 WHERE sequence = 2 AND wallet = (SELECT min(wallet) FROM wallet_transaction WHERE sequence = 2)',
      'wallet_transaction',
    ],
    [
      'a wallet beyond what all must be in',
      `DELETE FROM transaction_id WHERE sequence = 4;
       UPDATE chain SET indexed_row = 4 WHERE number = 1`,
      'wallet_transaction',
    ],
  ])('are found to have %s', async (_what, sql, table) => {
    const result = await verifyAfter((db) => db.exec(`${filled(5)} ${sql}`));
    expect(result.code).toBe(1);
    expect(faultOf(result)).toMatchObject({ code: 'STORED_MISMATCH', field: `the index ${table}` });
  });

  describe('until they are in the tables', () => {
    /**
     * The five transactions as two generations of two, stored as a node stores them, and one that isn't full; of the
     * two, some are in the tables.
     */
    const withRuns =
      (sql: string, written = 0) =>
      (db: Connection): void => {
        db.exec(`UPDATE chain SET indexed_row = 0 WHERE number = 1`);
        const index = new TransactionIndex(
          new Statements(db),
          { number: 1, firstRow: 0 },
          {
            generation: 2,
            merged: written > 0 ? 2 : 9,
          },
        );
        for (let step = 0; step < 4; step++) {
          index.stage([]);
          index.keep();
        }
        // As many as new transactions would add, which the audit doesn't check.
        if (written > 0) index.stage(Array.from({ length: written }, () => NONE));
        db.exec(sql);
      };
    const NONE = { sequence: 5, id: Buffer.alloc(32), sender: 1, recipient: 2 };

    it.each([
      ['as they are', '', 0],
      ['with one of them in the tables', '', 1],
      ['with two of them in the tables', '', 2],
      ['the first of them', 'DELETE FROM transaction_run WHERE first = 2', 0],
    ])('are right %s', async (_what, sql, written) => {
      const { code } = await verifyAfter(withRuns(sql, written));
      expect(code).toBe(0);
    });

    it.each([
      ['others', 'ids = zeroblob(16) WHERE first = 2'],
      ['some that are of another transaction', 'ids = (SELECT ids FROM transaction_run WHERE first = 0)'],
      ['some in another order', 'ids = CAST(substr(ids, 9) || substr(ids, 1, 8) AS BLOB)'],
      ['a wallet too few', 'wallets = substr(wallets, 9) WHERE first = 2'],
      ['a wallet twice', 'wallets = CAST(substr(wallets, 1, 8) || wallets AS BLOB) WHERE first = 2'],
      ['half of one', 'ids = substr(ids, 1, 12) WHERE first = 2'],
      ['none', `ids = x'', wallets = x'' WHERE first = 2`],
      ['text', `wallets = 'text' WHERE first = 0`],
      ['a gap before them', 'first = 1 WHERE first = 0'],
      ['more of them than there are transactions', 'first = 4 WHERE first = 2'],
    ])('are found to have %s', async (_what, change) => {
      const result = await verifyAfter(withRuns(`UPDATE transaction_run SET ${change}`));
      expect(result.code).toBe(1);
      expect(faultOf(result)).toMatchObject({ code: 'STORED_MISMATCH', field: 'the index transaction_run' });
    });

    it.each([
      ['the first id', 'transaction_id', 'prefix'],
      ['the first wallet', 'wallet_transaction', 'wallet'],
    ])('are found to lack %s in the table that has later ones', async (_what, table, key) => {
      const first = `(${key}, sequence) = (SELECT ${key}, sequence FROM ${table} ORDER BY 1, 2 LIMIT 1)`;
      // Only for the generation with two in the table: for another one, one is as valid as none.
      const result = await verifyAfter(withRuns(`DELETE FROM ${table} WHERE ${first}`, 3));
      expect(result.code).toBe(1);
      expect(faultOf(result)).toMatchObject({ field: `the index ${table}` });
    });
  });

  it.each([
    ['further than the chain', `UPDATE chain SET indexed_row = 6 WHERE number = 1`],
    ['not by a number', `UPDATE chain SET indexed_row = -1 WHERE number = 1`],
    ['not at all', `UPDATE chain SET indexed_row = 'none' WHERE number = 1`],
  ])('are found to be said to go %s', async (_what, sql) => {
    const result = await verifyAfter((db) => db.exec(`${filled(5)} ${sql}`));
    expect(result.code).toBe(1);
    expect(faultOf(result)).toMatchObject({ field: 'indexed_row', expected: 'a sequence up to 5' });
  });
});
