import { firstOf } from '../../../test/support/first-of.js';
import { isTransaction } from '../../chain/contract/kinds.js';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import {
  ALICE,
  BOB,
  CAROL,
  ChainBuilder,
  CREATED_AT,
  Holder,
  ISSUER,
  MALLORY,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { withoutUnique } from '../../storage/testing/without-unique.js';
import { Book } from '../../chain/books/book.js';
import { toHex, type Hash } from '../../chain/bytes/bytes.js';
import { chainId, parseContract, type Contract, type TokenContract } from '../../chain/contract/contract.js';
import { parseEntry, type Entry } from '../../chain/entry/entry.js';
import { isFault, type Fault } from '../../chain/faults.js';
import { verifyBlock } from '../../chain/block/verify-block.js';
import { counterpartyOf } from '../../ledger/counterparty.js';
import type { Birth, LedgerStore, NewEntry } from '../../ledger/store.js';
import { openStorage } from '../../storage/sqlite/database.js';
import { run, type Run } from '../testing/test-io.js';

const DAVE = new Holder('d5'.repeat(32));
const ERIN = new Holder('e6'.repeat(32));

let folder: string;
let files = 0;
let sound: string;

beforeAll(async () => {
  folder = temporaryFolder();
  sound = await database(soundWaiting);
});
afterAll(removeTemporary);

interface Sealed {
  readonly chain: ChainBuilder;
  readonly open: Wire;
  readonly accepted: Wire;
}

/** Holds that ended in each of the three ways, and two that are open. */
function sealed(): Sealed {
  const chain = ChainBuilder.signed();
  const hold = (recipient: Holder, ms: number, sender = ALICE): Wire =>
    chain.transfer({
      sender: sender.address,
      recipient: recipient.address,
      amount: '50',
      holdUntil: CREATED_AT + ms,
    });
  const accepted = hold(CAROL, 10_000);
  const declined = hold(MALLORY, 20_000);
  const expired = hold(ALICE, 500, BOB);
  const open = hold(CAROL, 5_000_000);
  const issue = chain.issue({ recipient: CAROL.address, amount: '5' });
  chain.seal([accepted, chain.transfer({ amount: '1000' }), issue, declined, expired, open]);
  chain.seal([
    chain.returned(expired),
    chain.answer('decline', declined),
    chain.answer('accept', accepted),
    hold(DAVE, 6_000_000),
  ]);
  chain.seal();
  return { chain, open, accepted };
}

/** Entries that all follow from each other, and name a wallet that none of the sealed ones does. */
function soundWaiting({ chain, open }: Sealed): Wire[] {
  const hold = chain.transfer({
    sender: CAROL.address,
    recipient: ERIN.address,
    amount: '99',
    holdUntil: CREATED_AT + 9_000_000,
  });
  return [
    chain.answer('accept', open),
    hold,
    chain.answer('decline', hold, { holder: ERIN }),
    chain.transfer({ sender: CAROL.address, recipient: ISSUER.address, amount: '99' }),
  ];
}

function sure<T extends object>(value: T | Fault): T {
  if (isFault(value)) throw new Error(value.message);
  return value;
}

function birth(chain: ChainBuilder): Birth {
  const contract = sure<Contract>(parseContract(chain.contract));
  const [block] = chain.blocks;
  const input = { contract, parent: undefined, block, nonceUsed: () => false, books: undefined };
  const { name } = contract;
  const genesis = sure(verifyBlock(input));
  return { chain: { id: chainId(contract), name, origin: 'configured', contract }, genesis };
}

/** A producer's database with the sealed chain and waiting entries. */
async function database(waiting: (chain: Sealed) => readonly Wire[]): Promise<string> {
  const file = path.join(folder, `books-${++files}.db`);
  const storage = await openStorage(file, 'producer');
  const { store } = storage;
  const content = sealed();
  const births = [birth(content.chain), birth(ChainBuilder.information())];
  const contract = births[0]!.chain.contract as TokenContract;
  store.createChains(births);
  for (const block of content.chain.blocks.slice(1)) append(store, contract, block);
  const { header } = firstOf(store, 'token').head();
  const book = new Book(firstOf(store, 'token').books, contract);
  const entries = waiting(content).map((wire) => sure(parseEntry(wire, contract)));
  firstOf(store, 'token').accept(placed(entries, header.treeSize, header.index + 1, book, true));
  await storage.close();
  return file;
}

function append(store: LedgerStore, contract: TokenContract, block: unknown): void {
  const parent = firstOf(store, 'token').head();
  const input = { contract, parent, block, nonceUsed: () => false, books: firstOf(store, 'token').books };
  const { header, frontier, lastEntryTimestamp, entries, book } = sure(verifyBlock(input));
  const rows = placed(entries, parent.header.treeSize, header.index, book!, false);
  const next = { header, frontier, lastEntryTimestamp, entries: rows };
  firstOf(store, 'token').append(parent.header.hash, [next], book!.changes());
}

/** @param isNew whether the book lacks the entries; unlike a producer, it accepts them unchecked */
function placed(
  entries: readonly Entry[],
  first: number,
  block: number,
  book: Book,
  isNew: boolean,
): NewEntry[] {
  return entries.map((entry, position) => {
    if (!isTransaction(entry)) throw new Error('an entry of another chain');
    const sequence = first + position;
    if (isNew) book.apply(entry.transaction, toHex(entry.id) as Hash, sequence);
    return { sequence, block, entry, counterparty: counterpartyOf(entry.transaction, book) };
  });
}

/** Verifies a copy of the sound database that was changed by something other than bpsc. */
async function verifyAfter(tamper: string | ((db: Connection) => void)): Promise<Run> {
  const file = path.join(folder, `copy-${++files}.db`);
  copyFileSync(sound, file);
  const db = new Database(file);
  if (typeof tamper === 'string') db.exec(tamper);
  else tamper(db);
  db.close();
  return run(['verify', '-q', '--json', file]);
}

function faultOf({ code, stdout }: Run): Record<string, unknown> | undefined {
  const report = JSON.parse(stdout) as { chains: { fault: unknown }[]; fault: unknown };
  const faults = [...report.chains.map(({ fault }) => fault), report.fault].filter((fault) => fault !== null);
  expect(code).toBe(faults.length === 0 ? 0 : 1);
  return faults[0] as Record<string, unknown> | undefined;
}

describe('bpsc verify <database> of signed wallets', () => {
  it('finds wallets, holds and supply in order, and what waits', async () => {
    const result = await run(['verify', '-q', '--json', sound]);
    expect(faultOf(result)).toBeUndefined();
    // alice, bob, carol, dave, erin, issuer, mallory, and the fee wallet
    const counts = { entries: 10, entries_waiting: 4, wallets_compared: 8, holds_compared: 5 };
    expect(JSON.parse(result.stdout)).toMatchObject({ chains: [counts, { holds_compared: null }] });
  });

  it('shows the number of holds to people', async () => {
    const { stdout } = await run(['verify', '-q', sound]);
    expect(stdout).toMatch(
      / {2}wallets {4}8, each as its entries add up\n {2}holds {6}5, each open or ended as its entries say\n/,
    );
  });
});

describe('stored books that were tampered with', () => {
  const CODE = { wallet: 'WALLET_MISMATCH', hold: 'HOLD_MISMATCH', supply: 'SUPPLY_MISMATCH' } as const;
  const COLUMNS = {
    wallet: [
      'address sent received fees_paid fees_collected issued held sent_count received_count'.split(' '),
      [`address = '${ALICE.address}'`, `address = '${ERIN.address}'`],
    ],
    hold: ['sequence hold_until state ended_by'.split(' '), [`state = 'held'`, `state = 'declined'`]],
    supply: ['id issued burnt held circulating'.split(' '), ['true']],
  } as const;
  const CHANGES: Record<string, (value: unknown) => unknown> = {
    changed: (value) => (typeof value === 'number' ? value + 100 : `${String(value)}1`),
    'of another type': (value) => (typeof value === 'string' ? Buffer.from(value) : 'something else'),
  };

  for (const [table, [columns, rows]] of Object.entries(COLUMNS)) {
    for (const column of columns) {
      for (const where of rows) {
        for (const [how, change] of Object.entries(CHANGES)) {
          // A key of the table can't be of another type: SQLite itself refuses it.
          if (how !== 'changed' && /^(sequence|id)$/.test(column)) continue;
          it(`are found: ${table}.${column} ${how}, where ${where}`, async () => {
            const result = await verifyAfter((db) => {
              const from = `FROM ${table} WHERE ${where} ORDER BY rowid DESC LIMIT 1`;
              const [rowid, value] = db.prepare(`SELECT rowid, ${column} ${from}`).raw().get() as unknown[];
              const set = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`);
              expect(set.run(change(value), rowid).changes).toBe(1);
            });
            // Transactions find a wallet's address by its row.
            const code = column === 'address' ? 'STORED_MISMATCH' : CODE[table as keyof typeof CODE];
            expect(faultOf(result)?.code).toBe(code);
          });
        }
      }
    }
  }

  it.each<[string, string, object]>([
    [
      'an empty wallet that no entry names',
      `INSERT INTO wallet (address) VALUES ('bp1nobody')`,
      { code: 'WALLET_MISMATCH', field: 'wallet \\"bp1nobody\\"', expected: 'no such wallet', found: 'one' },
    ],
    [
      'a lost wallet',
      `DELETE FROM wallet WHERE fees_collected <> '0'`,
      { code: 'STORED_MISMATCH', index: 3, sequence: 6, field: 'sender' },
    ],
    [
      'a lost hold',
      `DELETE FROM hold WHERE sequence = 3`,
      { code: 'HOLD_MISMATCH', field: 'hold 3', expected: 'a hold', found: 'none' },
    ],
    [
      'a lost hold, the last one',
      `DELETE FROM hold WHERE sequence = 9`,
      { code: 'HOLD_MISMATCH', field: 'hold 9', expected: 'a hold', found: 'none' },
    ],
    [
      'a hold too many',
      `INSERT INTO hold VALUES (1, 1760000000000, 'held', NULL, 1)`,
      { code: 'HOLD_MISMATCH', field: 'hold 1', expected: 'no such hold', found: 'one' },
    ],
    [
      'a hold of before the first entry',
      `INSERT INTO hold VALUES (-1, 1760000000000, 'held', NULL, 1)`,
      { code: 'STORED_MISMATCH', field: 'holds', expected: '5', found: '6' },
    ],
    [
      'a hold that only waits, stored too early',
      `INSERT INTO hold VALUES (11, ${CREATED_AT + 9_000_000}, 'held', NULL, 1)`,
      { code: 'HOLD_MISMATCH', field: 'hold 11', expected: 'no such hold', found: 'one' },
    ],
    [
      'a hold that an entry ends that waits, ended too early',
      `UPDATE hold SET state = 'delivered', ended_by = 10 WHERE sequence = 5`,
      { code: 'HOLD_MISMATCH', field: 'hold 5', expected: 'state held', found: '"delivered"' },
    ],
    [
      'a hold that was returned and not declined',
      `UPDATE hold SET state = 'returned' WHERE state = 'declined'`,
      { code: 'HOLD_MISMATCH', expected: 'state declined', found: '"returned"' },
    ],
    ['no supply', `DELETE FROM supply`, { code: 'SUPPLY_MISMATCH', expected: 'one row', found: 'none' }],
    [
      'two supplies',
      `INSERT INTO supply SELECT 2, issued, burnt, held, circulating FROM supply`,
      { code: 'STORED_MISMATCH', field: 'supplies', expected: '1', found: '2' },
    ],
    [
      'a return filed under another wallet than of whom it returns to',
      `UPDATE "transaction" SET recipient = (SELECT id FROM wallet WHERE address = '${CAROL.address}') WHERE sequence = 6`,
      { code: 'STORED_MISMATCH', index: 3, sequence: 6, field: 'recipient' },
    ],
    [
      'a waiting answer filed under another wallet',
      `UPDATE "transaction" SET recipient = (SELECT id FROM wallet WHERE address = '${BOB.address}') WHERE sequence = 12`,
      { code: 'STORED_MISMATCH', index: 5, sequence: 12, field: 'recipient' },
    ],
  ])('are found: %s', async (_name, sql, expected) => {
    expect(faultOf(await verifyAfter(sql))).toMatchObject(expected);
  });

  it('are found: a wallet that is there twice', async () => {
    const result = await verifyAfter((db) => {
      withoutUnique(db, 'wallet_address_chain_key', () => {
        db.prepare('INSERT INTO wallet (address) VALUES (?)').run(ALICE.address);
      });
    });
    const twice = { code: 'WALLET_MISMATCH', expected: 'no such wallet', found: 'one' };
    expect(faultOf(result)).toMatchObject(twice);
  });

  it.each(['hold_chain_state_hold_until_sequence_idx', 'wallet_address_chain_key'])(
    'are found: the index %s, which says something else than its table',
    async (index) => {
      const table = index.slice(0, index.indexOf('_'));
      const result = await verifyAfter((db) => {
        const entry = db.prepare(`SELECT * FROM sqlite_master WHERE name = ?`).get(index) as object;
        const where = table === 'hold' ? `state = 'held'` : `address = '${ERIN.address}'`;
        const column = table === 'hold' ? 'hold_until' : 'address';
        // Hides the index from SQLite while a row is changed, and restores it elsewhere.
        const select = db.prepare(`SELECT rowid, ${column} FROM ${table} WHERE ${where}`).raw();
        const [rowid, value] = select.get() as unknown[];
        const set = `UPDATE ${table} SET ${column} = ? WHERE rowid = ?`;
        db.prepare(set).run(1, rowid);
        db.unsafeMode(true);
        db.pragma('writable_schema = ON');
        db.prepare(`DELETE FROM sqlite_master WHERE name = ?`).run(index);
        db.pragma('writable_schema = RESET');
        db.prepare(set).run(value, rowid);
        db.pragma('writable_schema = ON');
        db.prepare('INSERT INTO sqlite_master VALUES (@type, @name, @tbl_name, @rootpage, @sql)').run(entry);
        db.pragma('writable_schema = RESET');
      });
      expect(faultOf(result)).toMatchObject({ code: 'STORED_MISMATCH', field: `the index ${index}` });
    },
  );
});

describe('entries that wait', () => {
  it.each<[string, (chain: Sealed) => readonly Wire[], object]>([
    [
      'that take more than there is, one with the other',
      ({ chain }) =>
        [1, 2].map(() => chain.transfer({ sender: CAROL.address, recipient: ALICE.address, amount: '30' })),
      { code: 'OVERDRAWN', index: 5, sequence: 11 },
    ],
    [
      'that are not signed by their holder',
      ({ chain }) => [
        chain.transfer({ amount: '1', cheatAfterSigning: true }, (leaf) => (leaf.amount_send = '1')),
        chain.transfer({ amount: '1', cheatAfterSigning: true }, (leaf) => (leaf.memo = 'more')),
      ],
      { code: 'BAD_SIGNATURE', index: 5, sequence: 11, field: 'signature' },
    ],
    [
      'that end a hold which has ended',
      ({ chain, accepted }) => [chain.answer('decline', accepted)],
      { code: 'HOLD_ENDED', index: 5, sequence: 10 },
    ],
    [
      'that end a hold twice',
      ({ chain, open }) => [chain.answer('decline', open), chain.answer('accept', open)],
      { code: 'HOLD_ENDED', index: 5, sequence: 11 },
    ],
    [
      'that leave a hold open for too long',
      ({ chain }) => [
        chain.transfer({ amount: '1', timestamp: CREATED_AT + 5_060_000 }),
        chain.transfer({ amount: '1', timestamp: CREATED_AT + 5_060_001 }),
      ],
      { code: 'HOLD_OVERDUE', index: 5, sequence: 11 },
    ],
    [
      'by a sender that is not the address of its key',
      ({ chain }) => [
        chain.transfer({ amount: '1', sender: BOB.address, recipient: CAROL.address, holder: ALICE }),
      ],
      { code: 'ADDRESS_MISMATCH', index: 5, sequence: 10 },
    ],
    [
      'whose times run backwards',
      ({ chain }) => [chain.transfer({ amount: '1', timestamp: CREATED_AT })],
      { code: 'ENTRY_TIMESTAMP_BACKWARDS', index: 5, sequence: 10 },
    ],
  ])('are found: %s', async (_name, waiting, expected) => {
    const file = await database(waiting);
    expect(faultOf(await run(['verify', '-q', '--json', file]))).toMatchObject(expected);
  });
});
