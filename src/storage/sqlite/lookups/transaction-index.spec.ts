import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import fc from 'fast-check';
import { removeTemporary, temporaryFolder } from '../../../../test/support/temporary.js';
import { migrate } from '../migrate.js';
import { Statements } from '../statements.js';
import { prefixOf, TransactionIndex, type IndexedTransaction } from './transaction-index.js';

const CHAIN = `INSERT INTO chain (number, kind, name, chain_id, contract, head_index, head_hash)
               VALUES (1, 'token', 'aka', '', '', 1, '')`;
const ROWS = { number: 1, firstRow: 0 };
/** A second chain with the same transactions. */
const OTHER_ROWS = { number: 2, firstRow: 2 ** 40 };
const OTHER_CHAIN = `
  INSERT INTO chain (number, kind, name, chain_id, contract, head_index, head_hash, first_row, indexed_row)
  VALUES (2, 'token', 'gold', 'gold', '', 1, '', ${2 ** 40}, ${2 ** 40})`;
/** Each chain has its own wallet numbers. */
const OTHER_WALLETS = 10;
const onOtherChain = ({ sequence, id, sender, recipient }: IndexedTransaction): IndexedTransaction => ({
  sequence: OTHER_ROWS.firstRow + sequence,
  id,
  sender: sender + OTHER_WALLETS,
  recipient: recipient + OTHER_WALLETS,
});
const ascending = (one: number, other: number): number => one - other;
const MIGRATIONS = path.resolve('prisma/migrations');

afterAll(removeTemporary);

function open(): Connection {
  const db = new Database(':memory:');
  migrate(db, MIGRATIONS);
  db.exec(
    `INSERT INTO chain (number, kind, name, chain_id, contract, head_index, head_hash) VALUES (1, 'token', 'aka', '', '', 1, '')`,
  );
  return db;
}

function transaction(
  sequence: number,
  sender: number,
  recipient: number,
  start = sequence,
): IndexedTransaction {
  const id = Buffer.alloc(32, sequence + 1);
  id.writeUIntBE(start, 0, 6);
  return { sequence, id, sender, recipient };
}

const INSERT = `INSERT INTO "transaction" (sequence, id, block, sender, recipient, nonce, leaf) VALUES (?, ?, 2, ?, ?, ?, '')`;

/** As the store does it; with `fails`, the transaction is rolled back. */
function accept(
  db: Connection,
  index: TransactionIndex,
  added: readonly IndexedTransaction[],
  fails = false,
): void {
  db.exec('BEGIN');
  for (const { sequence, id, sender, recipient } of added) {
    db.prepare(INSERT).run(sequence, id, sender, recipient, String(sequence));
  }
  // In two parts, as a follower's blocks come.
  index.stage(added.slice(0, 5));
  index.stage(added.slice(5));
  db.exec(fails ? 'ROLLBACK' : 'COMMIT');
  if (fails) index.drop();
  else index.keep();
}

function indexed(db: Connection): number {
  return Number(db.prepare<[], number>('SELECT indexed_row FROM chain').pluck().get());
}

describe('TransactionIndex', () => {
  it('finds every transaction, whatever is in the tables, and after any stop', () => {
    const commit = fc.record({
      wallets: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })), {
        maxLength: 20,
      }),
      fails: fc.boolean(),
      restarts: fc.boolean(),
    });
    const property = fc.property(
      fc.array(commit, { maxLength: 20 }),
      fc.record({ generation: fc.integer({ min: 1, max: 8 }), merged: fc.integer({ min: 1, max: 4 }) }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 60 }),
      (commits, sizes, limit, before) => {
        const db = open();
        const sql = new Statements(db);
        db.exec(OTHER_CHAIN);
        let index = new TransactionIndex(sql, ROWS, sizes);
        let other = new TransactionIndex(sql, OTHER_ROWS, sizes);
        const all: IndexedTransaction[] = [];
        for (const { wallets, fails, restarts } of commits) {
          // Of eleven transactions, some begin with the same bytes.
          const added = wallets.map(([sender, recipient], place) =>
            transaction(all.length + place, sender, recipient, (all.length + place) % 11),
          );
          accept(db, index, added, fails);
          accept(db, other, added.map(onOtherChain), fails);
          if (!fails) all.push(...added);
          if (restarts) {
            index = new TransactionIndex(sql, ROWS, sizes);
            other = new TransactionIndex(sql, OTHER_ROWS, sizes);
          }
          for (const { id, sequence } of all) {
            expect(index.rowOf(id)).toBe(sequence);
            expect(other.rowOf(id)).toBe(OTHER_ROWS.firstRow + sequence);
          }
          // Keys are from 0 to 10.
          const inKeys = all
            .map(({ id, sequence }) => ({ key: prefixOf(id), sequence }))
            .filter(({ key }) => key >= 3 && key <= before % 11);
          const rowsBetween = index.rowsBetween(3, before % 11, 1000);
          expect([...rowsBetween].sort(ascending)).toEqual(inKeys.map(({ sequence }) => sequence));
          const few = index.rowsBetween(3, before % 11, limit);
          const keysIn = (rows: readonly number[]): number[] =>
            rows.map((row) => prefixOf((all[row] as IndexedTransaction).id)).sort(ascending);
          expect(keysIn(few).slice(0, limit)).toEqual(
            inKeys
              .map(({ key }) => key)
              .sort(ascending)
              .slice(0, limit),
          );
          for (const wallet of [1, 2, 3, 4, 5]) {
            const expected = all
              .filter(({ sender, recipient }) => sender === wallet || recipient === wallet)
              .map(({ sequence }) => sequence)
              .filter((sequence) => sequence < before)
              .reverse();
            expect(index.rowsOf(wallet, before, limit)).toEqual(expected.slice(0, limit));
            const { firstRow } = OTHER_ROWS;
            expect(other.rowsOf(wallet + OTHER_WALLETS, firstRow + before, limit)).toEqual(
              expected.slice(0, limit).map((sequence) => firstRow + sequence),
            );
          }
        }
        expect(index.rowOf(Buffer.alloc(32))).toBeUndefined();
        db.close();
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  it('writes full generations to the tables together, while as many come', () => {
    const db = open();
    const sql = new Statements(db);
    const sizes = { generation: 10, merged: 3 };
    let index = new TransactionIndex(sql, ROWS, sizes);
    for (let sequence = 0; sequence < 200; sequence++) {
      accept(db, index, [transaction(sequence, 1 + (sequence % 3), 1 + (sequence % 2))]);
      expect(sequence + 1 - indexed(db)).toBeLessThanOrEqual(61);
      if (sequence % 17 === 0) index = new TransactionIndex(sql, ROWS, sizes);
    }
    const complete = indexed(db);
    expect(complete).toBeGreaterThan(130);
    const pairs = db.prepare('SELECT * FROM transaction_id WHERE sequence < ?').all(complete);
    expect(pairs).toEqual(
      Array.from({ length: complete }, (_, sequence) => ({ prefix: sequence, sequence })),
    );
    const runs = db.prepare('SELECT first FROM transaction_run ORDER BY first').pluck().all();
    expect(runs[0]).toBe(complete);
    db.close();
  });

  it.each([1, 7, 10, 60])('falls never behind, with commits of %i', (size) => {
    const db = open();
    const sizes = { generation: 64, merged: 8 };
    const index = new TransactionIndex(new Statements(db), ROWS, sizes);
    for (let next = 0; next < 20_000; next += size) {
      const added = Array.from({ length: size }, (_, at) => transaction(next + at, 1, 2, (next + at) * 7919));
      db.exec('BEGIN');
      index.stage(added);
      db.exec('COMMIT');
      index.keep();
      expect(next + size - indexed(db)).toBeLessThan(18 * 64);
    }
    db.close();
  });

  it.each([
    ['a length that is none', `ids = substr(ids, 1, 12) WHERE first = 10`],
    ['nothing in it', `ids = x'' WHERE first = 10`],
    ['another place', `first = 11 WHERE first = 10`],
  ])('makes a stored generation with %s again', (_what, damage) => {
    const db = open();
    const sql = new Statements(db);
    const sizes = { generation: 10, merged: 5 };
    const index = new TransactionIndex(sql, ROWS, sizes);
    for (let at = 0; at < 45; at++) accept(db, index, [transaction(at, 1, 2)]);
    const runs = (): unknown => db.prepare('SELECT * FROM transaction_run ORDER BY first').all();
    const sound = runs();
    db.exec(`UPDATE transaction_run SET ${damage}`);
    const again = new TransactionIndex(sql, ROWS, sizes);
    for (let at = 0; at < 45; at++) expect(again.rowOf(transaction(at, 1, 2).id)).toBe(at);
    for (let at = 45; at < 48; at++) accept(db, again, [transaction(at, 1, 2)]);
    db.exec('DELETE FROM transaction_run WHERE first = 11');
    expect(runs()).toEqual(sound);
    db.close();
  });

  it('reads full generations back instead of their transactions, and writes nothing twice', () => {
    const db = open();
    const sql = new Statements(db);
    const sizes = { generation: 10, merged: 2 };
    const index = new TransactionIndex(sql, ROWS, sizes);
    for (let at = 0; at < 28; at++) accept(db, index, [transaction(at, 1, 2, 1000 - at)]);
    const rows = (): unknown => db.prepare('SELECT count(*) FROM transaction_id').pluck().get();
    expect(rows()).toBe(12);
    const all = jest.spyOn(sql, 'all');
    const again = new TransactionIndex(sql, ROWS, sizes);
    expect(all.mock.results.map(({ value }) => (value as unknown[]).length)).toEqual([2, 8]);
    for (let at = 0; at < 28; at++) {
      expect(again.rowOf(transaction(at, 1, 2, 1000 - at).id)).toBe(at);
    }
    const run = jest.spyOn(sql, 'run');
    accept(db, again, [transaction(28, 1, 2)]);
    expect(run.mock.calls.map(([, parameters]) => parameters)).toEqual([
      [993, 7],
      [994, 6],
      [2, 4],
      [2, 5],
      [2, 6],
      [2, 7],
    ]);
    expect(rows()).toBe(14);
    db.close();
  });

  it('tells ids apart that begin or end alike, and writes them in order', () => {
    const db = open();
    const sql = new Statements(db);
    const written: unknown[] = [];
    const run = sql.run.bind(sql);
    jest.spyOn(sql, 'run').mockImplementation((text, parameters = []) => {
      if (text.includes('INTO transaction_id')) written.push(parameters[0]);
      return run(text, parameters);
    });
    const sizes = { generation: 4, merged: 2 };
    const index = new TransactionIndex(sql, ROWS, sizes);
    const starts = [2 ** 48 - 1, 5, 2 ** 30 + 5, 2 ** 47 + 5, 2 ** 32, 2 ** 31, 2 ** 16 + 5, 2 ** 40];
    const added = starts.map((start, sequence) => transaction(sequence, 1, 2, start));
    const found = (): void => {
      for (const each of [index, new TransactionIndex(sql, ROWS, sizes)]) {
        for (const { id, sequence } of added) expect(each.rowOf(id)).toBe(sequence);
      }
    };
    accept(db, index, added);
    found();
    accept(db, index, [transaction(8, 1, 2)]);
    found();
    for (let sequence = 9; sequence < 17; sequence++) accept(db, index, [transaction(sequence, 1, 2)]);
    expect(written.slice(0, 8)).toEqual([...starts].sort((a, b) => a - b));
    expect(indexed(db)).toBe(8);
    found();
    db.close();
  });

  it('keeps the tables without a rowid, which the schema cannot say', () => {
    const db = open();
    for (const table of ['transaction_id', 'wallet_transaction']) {
      const { wr } = db.prepare(`SELECT wr FROM pragma_table_list WHERE name = ?`).get(table) as {
        wr: number;
      };
      expect(wr).toBe(1);
    }
    db.close();
  });
});

describe('the migration to it', () => {
  it('fills the tables from the transactions that are there', () => {
    const old = path.join(temporaryFolder(), 'migrations');
    mkdirSync(old);
    cpSync(path.join(MIGRATIONS, '20261121000000_init'), path.join(old, '20261121000000_init'), {
      recursive: true,
    });
    const db = new Database(':memory:');
    migrate(db, old);
    db.exec(CHAIN);
    const ids = ['00000000000000', 'ffffffffffff00', '7fffffffffffff', '0123456789abcd', '80000000000001'];
    const transactions = ids.map((start, sequence) => ({
      ...transaction(sequence, 1 + (sequence % 2), 2),
      id: Buffer.from(start.padEnd(64, '5'), 'hex'),
    }));
    for (const { sequence, id, sender, recipient } of transactions) {
      db.prepare(INSERT).run(sequence, id, sender, recipient, String(sequence));
    }
    migrate(db, MIGRATIONS);
    expect(indexed(db)).toBe(5);
    const prefixes = db
      .prepare<[], number>('SELECT prefix FROM transaction_id ORDER BY sequence')
      .pluck()
      .all();
    expect(prefixes).toEqual(transactions.map(({ id }) => prefixOf(id)));
    const index = new TransactionIndex(new Statements(db), ROWS);
    for (const { id, sequence } of transactions) expect(index.rowOf(id)).toBe(sequence);
    expect(index.rowsOf(1, 99, 9)).toEqual([4, 2, 0]);
    expect(index.rowsOf(2, 99, 9)).toEqual([4, 3, 2, 1, 0]);
    db.close();
  });
});
