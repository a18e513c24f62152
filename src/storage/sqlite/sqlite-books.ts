/** A token chain's wallets, holds and supply as they are at its last sealed block. */
import type { BookChanges, BookSource } from '../../chain/books/book.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import type { HoldPlace } from '../../chain/books/sorted-holds.js';
import type { Hold, Supply, Wallet } from '../../chain/books/wallet.js';
import { assert } from '../../ledger/errors.js';
import type { ChainRows } from './entry-table.js';
import { RowCache } from './row-cache.js';
import {
  bytes,
  holdOf,
  supplyOf,
  walletOf,
  walletValues,
  type HoldRow,
  type SupplyRow,
  type WalletRow,
} from './rows.js';
import type { Statements } from './statements.js';
import type { TransactionIndex } from './lookups/transaction-index.js';

const HOLD_SELECT = `
  SELECT hold.sequence, hold.hold_until, hold.state, hold.ended_by, "transaction".id, "transaction".leaf
  FROM hold JOIN "transaction" ON "transaction".sequence = hold.sequence`;

export class SqliteBooks implements BookSource {
  /** Every block reads the wallets of the previous one, and readers often request the same ones. */
  private readonly wallets = new RowCache<Wallet>();

  /** @param index called when it is needed: loading it takes a while */
  constructor(
    private readonly sql: Statements,
    private readonly index: () => TransactionIndex,
    private readonly rows: ChainRows,
    private readonly contract: TokenContract,
  ) {}

  wallet(address: string): Wallet | undefined {
    const known = this.wallets.get(address);
    if (known !== undefined) return known;
    const row = this.sql.get<WalletRow>('SELECT * FROM wallet WHERE address = ? AND chain = ?', [
      address,
      this.rows.number,
    ]);
    if (row === undefined) return undefined;
    const wallet = walletOf(row);
    this.wallets.remember(address, wallet);
    return wallet;
  }

  hold(id: Hash): Hold | undefined {
    const row = this.index().rowOf(bytes(id));
    if (row === undefined) return undefined;
    return this.read(this.sql.get<HoldRow>(`${HOLD_SELECT} WHERE hold.sequence = ?`, [row]));
  }

  openHoldFrom({ holdUntil, sequence }: HoldPlace): Hold | undefined {
    return this.read(
      this.sql.get<HoldRow>(
        `${HOLD_SELECT}
         WHERE hold.chain = ? AND hold.state = 'held' AND (hold.hold_until, hold.sequence) >= (?, ?)
         ORDER BY hold.hold_until, hold.sequence LIMIT 1`,
        [this.rows.number, holdUntil, this.rows.firstRow + sequence],
      ),
    );
  }

  supply(): Supply {
    const row = this.sql.get<SupplyRow>('SELECT * FROM supply WHERE id = ?', [this.rows.number]);
    assert(row !== undefined, 'the token chain has no supply');
    return supplyOf(row);
  }

  /** Call it within a transaction; then {@link keep} or {@link drop} must be called with the outcome. */
  write({ wallets, holds, supply }: BookChanges): void {
    for (const wallet of wallets) this.putWallet(wallet);
    for (const hold of holds) this.putHold(hold);
    this.sql.run(
      'INSERT OR REPLACE INTO supply (id, issued, burnt, held, circulating) VALUES (?, ?, ?, ?, ?)',
      [
        this.rows.number,
        supply.issued.toString(),
        supply.burnt.toString(),
        supply.held.toString(),
        supply.circulating.toString(),
      ],
    );
  }

  /** The transaction is on disk. */
  keep(): void {
    this.wallets.keep();
  }

  /** The transaction was rolled back. */
  drop(): void {
    this.wallets.drop();
  }

  private read(row: HoldRow | undefined): Hold | undefined {
    return row === undefined ? undefined : holdOf(row, this.contract, this.rows.firstRow);
  }

  private putWallet(wallet: Wallet): void {
    this.wallets.set(wallet.address, wallet);
    this.sql.run(
      `INSERT INTO wallet (address, sent, received, fees_paid, fees_collected, issued, held, sent_count, received_count,
                           chain)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (address, chain) DO UPDATE SET sent = excluded.sent, received = excluded.received,
         fees_paid = excluded.fees_paid, fees_collected = excluded.fees_collected, issued = excluded.issued,
         held = excluded.held, sent_count = excluded.sent_count, received_count = excluded.received_count`,
      [...walletValues(wallet), this.rows.number],
    );
  }

  private putHold({ sequence, holdUntil, state, endedBy }: Hold): void {
    const { number, firstRow } = this.rows;
    this.sql.run(
      'INSERT OR REPLACE INTO hold (sequence, hold_until, state, ended_by, chain) VALUES (?, ?, ?, ?, ?)',
      [firstRow + sequence, holdUntil, state, endedBy === undefined ? null : firstRow + endedBy, number],
    );
  }
}
