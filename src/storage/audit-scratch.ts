/** What an audit remembers, in a temporary database: in memory while it is small, then in a file without a name. */
import Database, { type Database as Connection, type Statement } from 'better-sqlite3';
import { AuditScratch, type NonceUse } from '../ledger/audit.js';
import type { Wallet } from '../ledger/wallets.js';
import { walletOf, type WalletRow } from './rows.js';

/** Wallets that are kept as objects: some 30 MB of them. */
const WALLETS_IN_MEMORY_MAX = 65_536;
/** KiB of the database in memory; the rest is in the file. */
const CACHE_KIB = 32_768;

const TABLES = `
  CREATE TABLE nonce (sequence INTEGER PRIMARY KEY, block INTEGER, nonce TEXT, sender TEXT);
  CREATE TABLE wallet (address TEXT PRIMARY KEY, sent TEXT, received TEXT, fees_paid TEXT, fees_collected TEXT,
                       sent_count INTEGER, received_count INTEGER) WITHOUT ROWID;`;

export class SqliteAuditScratch extends AuditScratch {
  private readonly db: Connection;
  private readonly insertNonce: Statement<[number, number, string, string]>;
  private readonly selectWallet: Statement<[string], WalletRow>;
  private readonly upsertWallet: Statement<[string, string, string, string, string, number, number]>;
  private readonly deleteWallet: Statement<[string], WalletRow>;
  /** the newest state of the wallets in it, to be written to the database */
  private readonly book = new Map<string, Wallet>();

  constructor() {
    super();
    // The empty name is SQLite's own temporary database: its file is unlinked as soon as it is opened, so that
    // nothing is left behind however this process ends.
    this.db = new Database('');
    this.db.pragma('journal_mode = OFF');
    this.db.pragma('synchronous = OFF');
    this.db.pragma(`cache_size = -${CACHE_KIB}`);
    this.db.exec(TABLES);
    this.insertNonce = this.db.prepare(
      'INSERT INTO nonce (sequence, block, nonce, sender) VALUES (?, ?, ?, ?)',
    );
    this.selectWallet = this.db.prepare('SELECT * FROM wallet WHERE address = ?');
    this.upsertWallet = this.db.prepare('INSERT OR REPLACE INTO wallet VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.deleteWallet = this.db.prepare('DELETE FROM wallet WHERE address = ? RETURNING *');
    // One transaction without an end: a commit would write to the file what may never have to leave the memory.
    this.db.exec('BEGIN');
  }

  override addNonce({ sequence, block, nonce, sender }: NonceUse): void {
    this.insertNonce.run(sequence, block, nonce, sender);
  }

  override reusedNonce(): NonceUse | undefined {
    // A sort on disk: a lookup for each entry in an index larger than the memory takes far longer.
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

  override wallets(addresses: Iterable<string>): Map<string, Wallet> {
    const found = new Map<string, Wallet>();
    for (const address of addresses) {
      const wallet = this.book.get(address) ?? this.stored(address);
      if (wallet !== undefined) found.set(address, wallet);
    }
    return found;
  }

  override putWallets(wallets: Iterable<Wallet>): void {
    for (const wallet of wallets) this.book.set(wallet.address, wallet);
    if (this.book.size > WALLETS_IN_MEMORY_MAX) this.writeBook();
  }

  override takeWallet(address: string): Wallet | undefined {
    this.writeBook();
    const row = this.deleteWallet.get(address);
    return row === undefined ? undefined : walletOf(row);
  }

  override anyWallet(): Wallet | undefined {
    this.writeBook();
    const row = this.db.prepare<[], WalletRow>('SELECT * FROM wallet LIMIT 1').get();
    return row === undefined ? undefined : walletOf(row);
  }

  close(): void {
    this.db.close();
  }

  private stored(address: string): Wallet | undefined {
    const row = this.selectWallet.get(address);
    return row === undefined ? undefined : walletOf(row);
  }

  private writeBook(): void {
    for (const wallet of this.book.values()) {
      this.upsertWallet.run(
        wallet.address,
        wallet.sent.toString(),
        wallet.received.toString(),
        wallet.feesPaid.toString(),
        wallet.feesCollected.toString(),
        wallet.sentCount,
        wallet.receivedCount,
      );
    }
    this.book.clear();
  }
}
