/** `bpsc verify` of a database of several chains: each is verified as if it were alone. */
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import { kindOf } from '../../chain/contract/kinds.js';
import type { ChainProducer } from '../../producer/chain/chain-producer.js';
import { draftInformation, draftTransfer } from '../../producer/accept/drafts.js';
import { ROWS_PER_CHAIN } from '../../storage/sqlite/entry-table.js';
import { migrate } from '../../storage/sqlite/migrate.js';
import { Statements } from '../../storage/sqlite/statements.js';
import { withoutUnique } from '../../storage/testing/without-unique.js';
import { TransactionIndex } from '../../storage/sqlite/lookups/transaction-index.js';
import { run, type Run } from '../testing/test-io.js';

const CHAINS = JSON.stringify([
  { kind: 'token', name: 'gold' },
  { kind: 'information', name: 'notes' },
  { kind: 'token', name: 'silver', decimals: 2 },
  { kind: 'information', name: 'diplomas' },
]);
/** by number */
const FIRST_ROWS = [0, 0, 2 * ROWS_PER_CHAIN, 3 * ROWS_PER_CHAIN] as const;
const [, , SILVER, DIPLOMAS] = FIRST_ROWS;
const SILVER_NUMBER = 3;

let folder: string;
let sound: string;
let copies = 0;

/** Entries that differ only by their chain; sealed, held and waiting; lookup rows of all kinds. */
beforeAll(async () => {
  folder = temporaryFolder();
  const node = await startTestProducer(folder, { CHAINS });
  for (const chain of node.producer.all) await fill(node, chain);
  node.clock.pass(10);
  for (const chain of node.producer.all) await submit(chain, 'last');
  await node.close();
  sound = node.config.databaseFile;
  const db = new Database(sound);
  for (const number of [1, SILVER_NUMBER]) indexSome(db, number);
  db.close();
});
afterAll(removeTemporary);

async function fill(node: TestProducer, chain: ChainProducer): Promise<void> {
  await submit(chain, 'first');
  await submit(chain, 'second');
  if (kindOf(chain.contract).hasBooks) await submit(chain, 'held', node.clock.now() + 1_000_000);
  await chain.seal();
}

async function submit(chain: ChainProducer, nonce: string, holdUntil?: number): Promise<void> {
  const hold = holdUntil === undefined ? {} : { hold_until: holdUntil };
  const draft = kindOf(chain.contract).hasBooks
    ? draftTransfer(
        { sender: 'alice', recipient: 'bob', amount: '100', nonce, ...hold },
        chain.contract as TokenContract,
      )
    : draftInformation({ note: nonce }, nonce);
  expect(await chain.submit([draft])).toMatchObject([{ entry: { block: expect.any(Number) } }]);
}

/** Of a chain's four transactions, two are in the tables, the third is being merged, and the last is only in memory. */
function indexSome(db: Connection, number: number): void {
  const rows = { number, firstRow: FIRST_ROWS[number - 1] as number };
  const index = new TransactionIndex(new Statements(db), rows, { generation: 1, merged: 2 });
  for (let step = 0; step < 9; step++) {
    index.stage([]);
    index.keep();
  }
  index.stage([{ sequence: rows.firstRow + 4, id: Buffer.alloc(32), sender: 1, recipient: 2 }]);
  index.keep();
}

async function verifyAfter(tamper: (db: Connection) => void): Promise<Run> {
  const file = path.join(folder, `copy-${++copies}.db`);
  copyFileSync(sound, file);
  const db = new Database(file);
  tamper(db);
  db.close();
  return run(['verify', '-q', '--json', file]);
}

interface Report {
  readonly chains: readonly { readonly name: string; readonly fault: { readonly code: string } | null }[];
  readonly fault: { readonly code: string; readonly field?: string } | null;
}

const reportOf = ({ stdout }: Run): Report => JSON.parse(stdout) as Report;

/** The names of the chains that have a fault. */
const faulty = (result: Run): readonly string[] =>
  reportOf(result).chains.flatMap(({ name, fault }) => (fault === null ? [] : [name]));

it('all chains are verified, each with all that is stored of it', async () => {
  const result = await run(['verify', '-q', '--json', sound]);
  expect(result.code).toBe(0);
  const token = { blocks: 2, entries: 3, entries_waiting: 1, wallets_compared: 3, holds_compared: 1 };
  const information = { blocks: 2, entries: 2, entries_waiting: 1, wallets_compared: null };
  expect(JSON.parse(result.stdout)).toMatchObject({
    ok: true,
    chains: [
      { name: 'gold', kind: 'token', ...token },
      { name: 'notes', kind: 'information', ...information },
      { name: 'silver', kind: 'token', ...token },
      { name: 'diplomas', kind: 'information', ...information },
    ],
  });
});

/** The rows of the second chain of a table's kind. */
const OF_SECOND: Readonly<Record<string, string>> = {
  chain: `number = ${SILVER_NUMBER}`,
  block: `chain = ${SILVER_NUMBER} AND "index" = 2`,
  transaction: `sequence = ${SILVER + 1}`,
  transaction_id: `sequence = ${SILVER}`,
  wallet_transaction: `sequence = ${SILVER + 1} AND wallet = (SELECT max(wallet) FROM wallet_transaction)`,
  transaction_run: `first = ${SILVER + 2}`,
  information: `sequence = ${DIPLOMAS + 1}`,
  wallet: `chain = ${SILVER_NUMBER} AND address = 'alice'`,
  hold: `sequence = ${SILVER + 2}`,
  supply: `id = ${SILVER_NUMBER}`,
};

const schema = new Database(':memory:');
migrate(schema);
const cells = Object.keys(OF_SECOND).flatMap((table) =>
  (schema.pragma(`table_info("${table}")`) as { name: string; type: string }[]).map(
    ({ name, type }) => [table, name, type] as const,
  ),
);

describe.each(cells)('on the second chain of a kind, %s.%s', (table, column, type) => {
  const changes = {
    changed:
      type === 'TEXT'
        ? `"${column}" || '1'`
        : type === 'BLOB'
          ? `zeroblob(40)`
          : `ifnull("${column}", 0) + 1`,
    'as it is on the first chain': undefined,
    'of another type': type === 'BLOB' ? `'text'` : `CAST('x' AS BLOB)`,
  };
  it.each(Object.entries(changes))('is found: %s', async (_what, value) => {
    const changed: unknown[] = [];
    const result = await verifyAfter((db) => {
      const where = OF_SECOND[table] as string;
      const select = db.prepare(`SELECT "${column}" FROM "${table}" WHERE ${where}`).pluck();
      const before = select.get();
      expect(before).toBeDefined();
      const first = db
        .prepare(`SELECT "${column}" AS value FROM "${table}" WHERE NOT (${where}) ORDER BY 1 LIMIT 1`)
        .get() as { value: unknown };
      try {
        const { changes: rows } =
          value === undefined
            ? db.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE ${where}`).run(first.value)
            : db.prepare(`UPDATE "${table}" SET "${column}" = ${value} WHERE ${where}`).run();
        if (rows > 0 && JSON.stringify([select.get()]) !== JSON.stringify([before])) changed.push(before);
      } catch (error) {
        // A key that is taken, or a value that SQLite refuses there.
        expect(String(error)).toMatch(/constraint failed|datatype mismatch/);
      }
    });
    expect(result.code).toBe(changed.length > 0 ? 1 : 0);
  });
});

describe('rows that pass from one chain to another', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a wallet',
      `DELETE FROM wallet WHERE chain = 1 AND address = 'bob';
       UPDATE wallet SET chain = 1 WHERE chain = ${SILVER_NUMBER} AND address = 'bob'`,
      ['gold', 'silver'],
    ],
    ['a hold', `UPDATE hold SET chain = 1 WHERE sequence = ${SILVER + 2}`, ['silver']],
    [
      'a hold that is put among the rows of another',
      `DELETE FROM hold WHERE sequence = 2; UPDATE hold SET sequence = 2, chain = 1 WHERE sequence = ${SILVER + 2}`,
      ['silver'],
    ],
    [
      'information',
      `UPDATE information SET chain = 2, nonce = 'moved' WHERE sequence = ${DIPLOMAS}`,
      ['diplomas'],
    ],
    [
      'information that is put behind another chain’s',
      `UPDATE information SET sequence = 3, chain = 2, nonce = 'moved' WHERE sequence = ${DIPLOMAS + 2}`,
      ['notes'],
    ],
    [
      'a transaction that is put behind another chain’s',
      `UPDATE "transaction" SET sequence = 4, nonce = 'moved' WHERE sequence = ${SILVER + 3}`,
      ['gold'],
    ],
    [
      'a transaction under another chain’s wallet',
      `UPDATE "transaction" SET recipient = (SELECT id FROM wallet WHERE chain = 1 AND address = 'bob')
       WHERE sequence = ${SILVER}`,
      ['silver'],
    ],
    [
      'transactions of two chains that change places',
      `UPDATE "transaction" SET sequence = -1 WHERE sequence = 0;
       UPDATE "transaction" SET sequence = 0 WHERE sequence = ${SILVER};
       UPDATE "transaction" SET sequence = ${SILVER} WHERE sequence = -1`,
      ['gold', 'silver'],
    ],
    [
      'blocks of two chains that change places',
      `UPDATE block SET chain = 99 WHERE chain = 1 AND "index" = 2;
       UPDATE block SET chain = 1 WHERE chain = ${SILVER_NUMBER} AND "index" = 2;
       UPDATE block SET chain = ${SILVER_NUMBER} WHERE chain = 99`,
      ['gold', 'silver'],
    ],
    [
      'the rows of two chains',
      `UPDATE chain SET first_row = iif(number = 1, ${SILVER}, 0) WHERE kind = 'token'`,
      ['gold', 'silver'],
    ],
    [
      'a block',
      `UPDATE block SET chain = 1, "index" = 3 WHERE chain = ${SILVER_NUMBER} AND "index" = 2`,
      ['gold', 'silver'],
    ],
  ])('are found: %s', async (_what, sql, names) => {
    const result = await verifyAfter((db) => db.exec(sql));
    expect(result.code).toBe(1);
    expect(faulty(result)).toEqual(expect.arrayContaining([...names]));
  });

  it.each([
    ['ids', `UPDATE transaction_id SET sequence = sequence + ${SILVER} WHERE sequence = 0`, 'transaction_id'],
    [
      'ids of two chains',
      `UPDATE transaction_id SET sequence = iif(sequence = 0, ${SILVER}, 0) WHERE sequence IN (0, ${SILVER})`,
      'transaction_id',
    ],
    [
      'wallets',
      `UPDATE wallet_transaction SET sequence = ${SILVER + 3} WHERE sequence = 1
       AND wallet = (SELECT min(wallet) FROM wallet_transaction WHERE sequence = 1)`,
      'wallet_transaction',
    ],
    [
      'a generation',
      `UPDATE transaction_run SET ids = (SELECT ids FROM transaction_run WHERE first = 2) WHERE first = ${SILVER + 2}`,
      'transaction_run',
    ],
    [
      'a generation that is no longer needed',
      `INSERT INTO transaction_run SELECT ${SILVER}, ids, wallets FROM transaction_run LIMIT 1`,
      'transaction_run',
    ],
  ])('are found among the look-ups: %s', async (_what, sql, table) => {
    const result = await verifyAfter((db) => db.exec(sql));
    expect(result.code).toBe(1);
    expect(reportOf(result).fault).toMatchObject({ code: 'STORED_MISMATCH', field: `the index ${table}` });
  });
});

describe('rows of no chain', () => {
  const AWAY = 9 * ROWS_PER_CHAIN;
  it.each([
    [
      'a block',
      `INSERT INTO block SELECT 9, "index", zeroblob(32), previous_hash, timestamp, tree_root, tree_size, signature, frontier, NULL FROM block LIMIT 1`,
      'blocks',
    ],
    [
      'a transaction',
      `INSERT INTO "transaction" SELECT ${AWAY}, id, block, sender, recipient, 'other', leaf FROM "transaction" LIMIT 1`,
      'transactions',
    ],
    [
      'a transaction among the rows of a chain of information',
      `INSERT INTO "transaction" SELECT ${DIPLOMAS}, id, block, sender, recipient, 'other', leaf FROM "transaction" LIMIT 1`,
      'transactions',
    ],
    [
      'information',
      `INSERT INTO information SELECT ${AWAY}, id, block, nonce, leaf, information, salt, 9 FROM information LIMIT 1`,
      'information records',
    ],
    ['a wallet', `INSERT INTO wallet (address, chain) VALUES ('mallory', 9)`, 'wallets'],
    [
      'a wallet of a chain of information',
      `INSERT INTO wallet (address, chain) VALUES ('mallory', 2)`,
      'wallets',
    ],
    ['a hold', `INSERT INTO hold VALUES (${AWAY}, 1, 'held', NULL, 9)`, 'holds'],
    [
      'a supply',
      `INSERT INTO supply SELECT 2, issued, burnt, held, circulating FROM supply LIMIT 1`,
      'supplies',
    ],
    ['an id', `INSERT INTO transaction_id VALUES (7, ${AWAY})`, 'the index transaction_id'],
    [
      'a wallet’s transaction',
      `INSERT INTO wallet_transaction VALUES (7, ${DIPLOMAS})`,
      'the index wallet_transaction',
    ],
    [
      'a generation',
      `INSERT INTO transaction_run SELECT ${AWAY}, ids, wallets FROM transaction_run LIMIT 1`,
      'the index transaction_run',
    ],
  ])('are found: %s', async (_what, sql, field) => {
    const result = await verifyAfter((db) => db.exec(sql));
    expect([result.code, faulty(result)]).toEqual([1, []]);
    expect(reportOf(result).fault).toMatchObject({ code: 'STORED_MISMATCH', field });
  });
});

describe('chains that are misreported', () => {
  it.each<[string, string, readonly string[]]>([
    ['another name', `UPDATE chain SET name = 'lead' WHERE number = ${SILVER_NUMBER}`, ['silver']],
    ['another origin', `UPDATE chain SET origin = 'followed' WHERE number = 4`, ['diplomas']],
    ['another number', `UPDATE chain SET number = 9 WHERE number = 4`, ['diplomas']],
    ['the first one gone', `DELETE FROM chain WHERE number = 1`, ['notes', 'silver', 'diplomas']],
  ])('are found: %s', async (_what, sql, names) => {
    const result = await verifyAfter((db) => db.exec(sql));
    expect(result.code).toBe(1);
    expect(faulty(result).map((name) => (name === 'lead' ? 'silver' : name))).toEqual(names);
  });

  it('takes the alias of a chain whose name was taken', async () => {
    const result = await verifyAfter((db) =>
      db.exec(`UPDATE chain SET name = 'silver-' || lower(hex(substr(chain_id, 1, 4))) WHERE number = 3`),
    );
    expect(result.code).toBe(0);
    expect(reportOf(result).chains[2]?.name).toMatch(/^silver-[0-9a-f]{8}$/);
  });

  it('finds the last one gone by what is left of it', async () => {
    const result = await verifyAfter((db) => db.exec('DELETE FROM chain WHERE number = 4'));
    expect(reportOf(result).fault).toMatchObject({ code: 'STORED_MISMATCH', field: 'blocks' });
  });
});

it('finds a nonce that is used twice on the second chain of a kind, and blames that chain alone', async () => {
  const result = await verifyAfter((db) => {
    withoutUnique(db, 'information_nonce_chain_key', () => {
      const row = db.prepare(`SELECT * FROM information WHERE sequence = ${DIPLOMAS + 2}`).get() as object;
      db.prepare(
        `INSERT INTO information VALUES (${DIPLOMAS + 3}, @id, @block, @nonce, @leaf, @information, @salt, @chain)`,
      ).run(row);
    });
  });
  expect(faulty(result)).toEqual(['diplomas']);
  expect(reportOf(result).chains[3]?.fault).toMatchObject({ code: 'NONCE_REUSED', sequence: 3 });
});

it('what is pinned must be there, and be of the producer that is named', async () => {
  const { chains } = JSON.parse((await run(['verify', '-q', '--json', sound])).stdout) as {
    chains: { id: string; producer: string }[];
  };
  const ids = chains.map(({ id }) => id);
  const pins = ids.flatMap((id) => ['--chain-id', id]);
  const producer = chains[0]?.producer as string;
  expect((await run(['verify', '-q', ...pins, '--producer', producer, sound])).code).toBe(0);
  const other = await run(['verify', '-q', '--json', '--chain-id', 'ab'.repeat(32), ...pins, sound]);
  expect([other.code, reportOf(other).fault]).toMatchObject([1, { code: 'CHAIN_MISSING' }]);
});
