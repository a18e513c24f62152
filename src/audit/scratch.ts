/** The working data of an audit, in a temporary database: in memory while it is small, then in a file without a name. */
import Database, { type Database as Connection, type Statement } from 'better-sqlite3';
import type { BookChanges } from '../chain/books/book.js';
import { hashHex, type Hash } from '../chain/bytes/bytes.js';
import type { HoldPlace } from '../chain/books/sorted-holds.js';
import type { Hold, HoldState, Supply, Wallet } from '../chain/books/wallet.js';
import { AuditScratch, type NonceUse } from './chain-audit.js';
import { assert } from '../ledger/errors.js';
import { buffer, bytes, walletOf, type WalletRow, walletValues } from '../storage/sqlite/rows.js';
import { Statements } from '../storage/sqlite/statements.js';

/** The maximum wallets kept as objects: some 40 MB. */
const WALLETS_IN_MEMORY_MAX = 65_536;
/** KiB of the database in memory; the rest is in the file. */
const CACHE_KIB = 32_768;

const TABLES = `
  CREATE TABLE nonce (sequence INTEGER PRIMARY KEY, block INTEGER, nonce TEXT, sender TEXT);
  CREATE TABLE record (sequence INTEGER PRIMARY KEY, id BLOB);
  CREATE TABLE wanted (id BLOB PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE wallet (address TEXT PRIMARY KEY, sent TEXT, received TEXT, fees_paid TEXT, fees_collected TEXT,
                       issued TEXT, held TEXT, sent_count INTEGER, received_count INTEGER) WITHOUT ROWID;
  CREATE TABLE hold (sequence INTEGER PRIMARY KEY, id BLOB, sender TEXT, recipient TEXT, send TEXT, receive TEXT,
                     fee TEXT, hold_until INTEGER, state TEXT, ended_by INTEGER);
  CREATE INDEX hold_id ON hold (id);
  CREATE INDEX hold_open ON hold (hold_until, sequence) WHERE state = 'held';`;

const INSERT_NONCE = 'INSERT INTO nonce (sequence, block, nonce, sender) VALUES (?, ?, ?, ?)';
const PUT_WALLET = 'INSERT OR REPLACE INTO wallet VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
const NAME_WALLET = `INSERT OR IGNORE INTO wallet VALUES (?, '0', '0', '0', '0', '0', '0', 0, 0)`;
/** Only the end of an existing hold can change. */
const PUT_HOLD = `
  INSERT INTO hold VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (sequence) DO UPDATE SET state = excluded.state, ended_by = excluded.ended_by`;
/** A reused nonce gives two entries the same id: the audit continues to the end before it reports that, and can use either. */
const HOLD_BY_ID = 'SELECT * FROM hold WHERE id = ? LIMIT 1';
const OPEN_HOLD = `
  SELECT * FROM hold WHERE state = 'held' AND (hold_until, sequence) >= (?, ?)
  ORDER BY hold_until, sequence LIMIT 1`;

interface ScratchHoldRow {
  readonly sequence: number;
  readonly id: Buffer;
  readonly sender: string;
  readonly recipient: string;
  readonly send: string;
  readonly receive: string;
  readonly fee: string;
  readonly hold_until: number;
  readonly state: HoldState;
  readonly ended_by: number | null;
}

export class SqliteAuditScratch extends AuditScratch {
  private readonly db: Connection;
  private readonly sql: Statements;
  private readonly insertNonce: Statement<[number, number, string, string]>;
  /** the newest state of the wallets in it, to be written to the database */
  private readonly recent = new Map<string, Wallet>();
  private sums: Supply | undefined;

  constructor(private readonly walletsInMemoryMax = WALLETS_IN_MEMORY_MAX) {
    super();
    // The empty name is SQLite's own temporary database: its file is unlinked as soon as it is opened, so that
    // nothing is left behind, however this process ends.
    this.db = new Database('');
    this.db.pragma('journal_mode = OFF');
    this.db.pragma('synchronous = OFF');
    this.db.pragma(`cache_size = -${CACHE_KIB}`);
    this.db.exec(TABLES);
    this.sql = new Statements(this.db);
    this.insertNonce = this.db.prepare(INSERT_NONCE);
    // One transaction that never ends: a commit would write data to the file that may never have to leave memory.
    this.db.exec('BEGIN');
  }

  override addNonce({ sequence, block, nonce, sender }: NonceUse): void {
    this.insertNonce.run(sequence, block, nonce, sender);
  }

  override reusedNonce(): NonceUse | undefined {
    // Sorts on disk: a lookup for each entry, in an index larger than memory, would take far longer.
    const any = this.db
      .prepare('SELECT 1 FROM nonce GROUP BY nonce, sender HAVING count(*) > 1 LIMIT 1')
      .get();
    if (any === undefined) return undefined;
    return this.db
      .prepare<[], NonceUse>(
        `SELECT sequence, block, nonce, sender FROM
           (SELECT *, row_number() OVER (PARTITION BY nonce, sender ORDER BY sequence) AS use FROM nonce)
         WHERE use > 1 ORDER BY sequence LIMIT 1`,
      )
      .get();
  }

  override addRecord(sequence: number, id: Uint8Array): void {
    this.sql.run('INSERT INTO record (sequence, id) VALUES (?, ?)', [sequence, buffer(id)]);
  }

  override recordsOf(ids: Iterable<Hash>): ReadonlyMap<Hash, number> {
    for (const id of ids) this.sql.run('INSERT OR IGNORE INTO wanted (id) VALUES (?)', [bytes(id)]);
    // One pass over all records: the few that are wanted are in memory.
    const found = this.sql.all<{ sequence: number; id: Buffer }>(
      'SELECT record.sequence, record.id FROM record CROSS JOIN wanted ON wanted.id = record.id',
    );
    return new Map(found.map(({ id, sequence }) => [hashHex(id), sequence]));
  }

  override putBooks({ wallets, holds, supply }: BookChanges): void {
    for (const wallet of wallets) this.recent.set(wallet.address, wallet);
    if (this.recent.size > this.walletsInMemoryMax) this.writeRecent();
    for (const hold of holds) this.putHold(hold);
    this.sums = supply;
  }

  override putName(address: string): void {
    if (!this.recent.has(address)) this.sql.run(NAME_WALLET, [address]);
  }

  override wallet(address: string): Wallet | undefined {
    return (
      this.recent.get(address) ?? wallet(this.sql.get('SELECT * FROM wallet WHERE address = ?', [address]))
    );
  }

  override hold(id: Hash): Hold | undefined {
    return hold(this.sql.get(HOLD_BY_ID, [bytes(id)]));
  }

  override openHoldFrom({ holdUntil, sequence }: HoldPlace): Hold | undefined {
    return hold(this.sql.get(OPEN_HOLD, [holdUntil, sequence]));
  }

  override supply(): Supply {
    assert(this.sums !== undefined, 'books begin with a supply');
    return this.sums;
  }

  override takeWallet(address: string): Wallet | undefined {
    this.writeRecent();
    return wallet(this.sql.get('DELETE FROM wallet WHERE address = ? RETURNING *', [address]));
  }

  override anyWallet(): Wallet | undefined {
    this.writeRecent();
    return wallet(this.sql.get('SELECT * FROM wallet LIMIT 1'));
  }

  override holds(from: number, limit: number): readonly Hold[] {
    return this.sql
      .all<ScratchHoldRow>('SELECT * FROM hold WHERE sequence >= ? ORDER BY sequence LIMIT ?', [from, limit])
      .map(holdOf);
  }

  close(): void {
    this.db.close();
  }

  private writeRecent(): void {
    for (const wallet of this.recent.values()) this.putWallet(wallet);
    this.recent.clear();
  }

  private putWallet(wallet: Wallet): void {
    this.sql.run(PUT_WALLET, walletValues(wallet));
  }

  private putHold(hold: Hold): void {
    this.sql.run(PUT_HOLD, [
      hold.sequence,
      bytes(hold.id),
      hold.sender,
      hold.recipient,
      hold.send.toString(),
      hold.receive.toString(),
      hold.fee.toString(),
      hold.holdUntil,
      hold.state,
      hold.endedBy ?? null,
    ]);
  }
}

function wallet(row: WalletRow | undefined): Wallet | undefined {
  return row === undefined ? undefined : walletOf(row);
}

function hold(row: ScratchHoldRow | undefined): Hold | undefined {
  return row === undefined ? undefined : holdOf(row);
}

function holdOf(row: ScratchHoldRow): Hold {
  return {
    id: row.id.toString('hex') as Hash,
    sequence: row.sequence,
    sender: row.sender,
    recipient: row.recipient,
    send: BigInt(row.send),
    receive: BigInt(row.receive),
    fee: BigInt(row.fee),
    holdUntil: row.hold_until,
    state: row.state,
    endedBy: row.ended_by ?? undefined,
  };
}
