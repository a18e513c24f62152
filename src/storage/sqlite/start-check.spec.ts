import { firstOf } from '../../../test/support/first-of.js';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { ChainBuilder } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestFollower } from '../../../test/support/test-follower.js';
import { startTestProducer } from '../../../test/support/test-producer.js';
import { TestUpstream } from '../../../test/support/test-upstream.js';
import { run } from '../../cli/testing/test-io.js';
import { OperatorError } from '../../ledger/errors.js';
import type { Role } from '../../ledger/node-info.js';
import { openStorage } from './database.js';

let folder: string;
const files: Record<Role, string> = { producer: '', follower: '' };
let copies = 0;

beforeAll(async () => {
  folder = temporaryFolder();
  const node = await startTestProducer(folder);
  await node.transfer({});
  await node.transfer({ hold_until: node.clock.now() + 1_000_000 });
  await node.inform({ degree: 'BSc' });
  await node.token.seal();
  await node.information.seal();
  await node.transfer({ nonce: 'w-1' });
  await node.transfer({ nonce: 'w-2' });
  await node.inform({ degree: 'MSc' });
  await node.close();
  files.producer = node.config.databaseFile;

  const token = ChainBuilder.token();
  token.seal([token.transfer(), token.transfer({ sender: 'bob', recipient: 'carol', amount: '0.5' })]);
  const information = ChainBuilder.information();
  information.seal([information.information()]);
  const upstream = await TestUpstream.start([token, information]);
  files.follower = path.join(folder, 'follower.db');
  const follower = await startTestFollower(files.follower, upstream.url);
  await follower.round();
  expect(follower.heads()).toEqual([2, 2]);
  await follower.close();
  await upstream.close();
});
afterAll(removeTemporary);

function copyOf(role: Role, sql: string): string {
  const file = path.join(folder, `copy-${++copies}.db`);
  copyFileSync(files[role], file);
  const db = new Database(file);
  db.exec(sql);
  db.close();
  return file;
}

/** Why a start fails; undefined if it succeeds. */
async function refusal(file: string, role: Role): Promise<string | undefined> {
  try {
    await (await openStorage(file, role)).close();
    return undefined;
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
}

/** A transaction after the last one, with a nonce of its own. */
const FORGED = `INSERT INTO "transaction" SELECT max(sequence) + 1, id, block + 1, sender, recipient, 'forged', leaf FROM "transaction"`;
const FORGED_INFORMATION = `INSERT INTO information SELECT max(sequence) + 1, id, block + 1, 'forged', leaf, information, salt, chain FROM information`;

describe('a start on a database', () => {
  it.each<Role>(['producer', 'follower'])('of a %s that is sound begins', async (role) => {
    expect(await refusal(copyOf(role, ''), role)).toBeUndefined();
  });

  it.each<[Role, string, string, RegExp]>([
    [
      'follower',
      'a transaction after the head',
      FORGED,
      /has 1 entry of aka after its last block, which a follower/,
    ],
    [
      'follower',
      'information after the head',
      FORGED_INFORMATION,
      /has 1 entry of information after its last block/,
    ],
    [
      'follower',
      'the rows that a producer had waiting',
      `UPDATE chain SET head_index = 1, head_hash = (SELECT hash FROM block WHERE chain = 1 AND "index" = 1) WHERE number = 1;
       DELETE FROM block WHERE chain = 1 AND "index" = 2`,
      /has 2 entries of aka after its last block/,
    ],
    [
      'follower',
      'the chains of a producer',
      `UPDATE chain SET origin = 'configured'`,
      /aka in .* is configured, and the database's role is follower/,
    ],
    [
      'producer',
      'the chains of a follower',
      `UPDATE chain SET origin = 'followed'`,
      /set the origin of its chains too: UPDATE chain SET origin = 'configured'/,
    ],
    ['producer', 'no role', `DELETE FROM meta`, /has chains and no role of a node/],
    ['producer', 'a role that is none', `UPDATE meta SET value = 'king'`, /has chains and no role of a node/],
    ['producer', 'a role in bytes', `UPDATE meta SET value = CAST(value AS BLOB)`, /no role of a node/],
    [
      'follower',
      'a block after the head',
      `INSERT INTO block SELECT chain, 3, zeroblob(32), previous_hash, timestamp, tree_root, tree_size, signature, frontier, NULL FROM block LIMIT 1`,
      /aka has blocks after its head, block 2/,
    ],
    [
      'producer',
      'no head block',
      `DELETE FROM block WHERE "index" = 2`,
      /aka has no block 2 with the hash of its head/,
    ],
    [
      'producer',
      'another head',
      `UPDATE chain SET head_hash = zeroblob(32)`,
      /aka has no block 2 with the hash of its head/,
    ],
    ['producer', 'a head further on', `UPDATE chain SET head_index = 9`, /aka has no block 9/],
    [
      'producer',
      'no last sealed entry',
      `DELETE FROM "transaction" WHERE sequence = 1`,
      /aka lacks its last sealed entry, 1/,
    ],
    [
      'producer',
      'a gap between entries that wait',
      `DELETE FROM "transaction" WHERE sequence = 2`,
      /1 entries of aka wait for a block, with gaps/,
    ],
    [
      'producer',
      'a gap in information',
      `UPDATE information SET sequence = 9 WHERE sequence = 1`,
      /with gaps between them/,
    ],
    ['producer', 'no supply', `DELETE FROM supply`, /aka has no supply/],
    [
      'producer',
      'a hold after the head',
      `INSERT INTO hold (sequence, hold_until, state) VALUES (3, 1, 'held')`,
      /aka has holds after its last block/,
    ],
    [
      'producer',
      'look-ups that go further',
      `UPDATE chain SET indexed_row = 5 WHERE number = 1`,
      /finds the transactions of aka goes further/,
    ],
    [
      'producer',
      'a stored generation that goes further',
      `INSERT INTO transaction_run VALUES (0, zeroblob(80), zeroblob(80))`,
      /finds the transactions of aka goes further/,
    ],
    [
      'producer',
      'rows of no chain',
      `DELETE FROM chain`,
      /there are rows in block, and no chain that they are of/,
    ],
  ])('of a %s with %s ends with a line', async (role, _what, sql, message) => {
    const file = copyOf(role, sql);
    const found = await refusal(file, role);
    expect(found).toMatch(message);
    expect(found).toMatch(/^the (database|chain) [^\n]*$/);
    expect((await run(['verify', '-q', file])).code).not.toBe(0);
  });

  const CELLS: Readonly<Record<string, string>> = {
    meta: '1',
    chain: 'number = 1',
    supply: '1',
    block: 'chain = 1 AND "index" = 2',
    transaction: 'sequence = 3',
    information: 'sequence = 1',
  };

  it.each(Object.entries(CELLS))(
    'with another storage class in %s ends with a line',
    async (table, where) => {
      const db = new Database(copyOf('producer', ''));
      const columns = db
        .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}')`)
        .all();
      const select = (column: string): unknown =>
        db.prepare(`SELECT typeof("${column}") FROM "${table}" WHERE ${where}`).pluck().get();
      let tried = 0;
      for (const { name } of columns) {
        for (const value of [`lower(hex("${name}"))`, `CAST("${name}" AS BLOB)`]) {
          db.exec('BEGIN');
          const before = select(name);
          let change: string | undefined = `UPDATE "${table}" SET "${name}" = ${value} WHERE ${where}`;
          try {
            db.exec(change);
            if (select(name) === before || select(name) === undefined) change = undefined;
          } catch {
            change = undefined;
          }
          db.exec('ROLLBACK');
          if (change === undefined) continue;
          tried++;
          expect([name, value, await refusal(copyOf('producer', change), 'producer')]).toEqual([
            name,
            value,
            expect.stringMatching(/^the database [^\n]*$/),
          ]);
        }
      }
      db.close();
      expect(tried).toBeGreaterThan(0);
    },
  );
});

describe('entries that are put after the head of a follower', () => {
  it('while it runs are not shown, and not taken for its upstream’s', async () => {
    const file = copyOf('follower', '');
    const { store, close } = await openStorage(file, 'follower');
    const other = new Database(file);
    const id = firstOf(store, 'token').entries(0, 1, 1)[0]!.id;
    other.exec(FORGED);
    other.exec(FORGED_INFORMATION);
    other.exec(`UPDATE "transaction" SET id = zeroblob(32) WHERE nonce = 'forged'`);
    other.exec(`UPDATE information SET id = zeroblob(32) WHERE nonce = 'forged'`);
    other.close();
    expect(firstOf(store, 'token').entryById(id)?.sequence).toBe(0);
    const forged = '00'.repeat(32) as typeof id;
    for (const [kind, entries] of [
      ['token', 2],
      ['information', 1],
    ] as const) {
      expect(firstOf(store, kind).entryById(forged)).toBeUndefined();
      expect(firstOf(store, kind).entryByNonce('alice', 'forged')).toBeUndefined();
      expect(firstOf(store, kind).entryByNonce('bob', 'forged')).toBeUndefined();
      expect(firstOf(store, kind).entries(0, 99, 99)).toHaveLength(entries);
    }
    expect(firstOf(store, 'token').entriesBefore(99, 99)).toHaveLength(2);
    expect(firstOf(store, 'token').transactionsOf('bob', 99, 99)).toHaveLength(2);
    await close();
  });

  it('are found by verify', async () => {
    for (const sql of [FORGED, FORGED_INFORMATION]) {
      const { code, stdout } = await run(['verify', '-q', copyOf('follower', sql)]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/entries: expected none after block 2, since this chain is followed/);
    }
  });
});
