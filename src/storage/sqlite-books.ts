/** The token chain's wallets, holds and supply as they are at its last sealed block. */
import type { BookChanges, BookSource } from '../chain/book.js';
import type { Hash } from '../chain/bytes.js';
import type { TokenContract } from '../chain/contract.js';
import type { HoldPlace } from '../chain/sorted-holds.js';
import type { Hold, Supply, Wallet } from '../chain/wallet.js';
import { assert } from '../ledger/errors.js';
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
import type { TransactionIndex } from './transaction-index.js';

const HOLD_SELECT = `
  SELECT hold.sequence, hold.hold_until, hold.state, hold.ended_by, "transaction".id, "transaction".leaf
  FROM hold JOIN "transaction" ON "transaction".sequence = hold.sequence`;

/** Wallets that are kept in memory: a few megabytes with the longest addresses. */
const KEPT_MAX = 4096;

export class SqliteBooks implements BookSource {
  /**
   * Wallets as they are on disk. SQLite's locks around a read of one row cost more than all else that an answer needs
   * or a block's rules, and the same wallets are asked for again and again.
   */
  private readonly kept = new Map<string, Wallet>();
  /** by the transaction under way */
  private written: readonly Wallet[] = [];

  /** @param contract asked for when it is needed: a follower has none before its first contact */
  constructor(
    private readonly sql: Statements,
    private readonly index: TransactionIndex,
    private readonly contract: () => TokenContract,
  ) {}

  wallet(address: string): Wallet | undefined {
    const kept = this.kept.get(address);
    if (kept !== undefined) return kept;
    const row = this.sql.get<WalletRow>('SELECT * FROM wallet WHERE address = ?', [address]);
    if (row === undefined) return undefined;
    const wallet = walletOf(row);
    this.remember(wallet);
    return wallet;
  }

  hold(id: Hash): Hold | undefined {
    const sequence = this.index.sequenceOf(bytes(id));
    if (sequence === undefined) return undefined;
    return this.read(this.sql.get<HoldRow>(`${HOLD_SELECT} WHERE hold.sequence = ?`, [sequence]));
  }

  openHoldFrom({ holdUntil, sequence }: HoldPlace): Hold | undefined {
    return this.read(
      this.sql.get<HoldRow>(
        `${HOLD_SELECT} WHERE hold.state = 'held' AND (hold.hold_until, hold.sequence) >= (?, ?)
         ORDER BY hold.hold_until, hold.sequence LIMIT 1`,
        [holdUntil, sequence],
      ),
    );
  }

  supply(): Supply {
    const row = this.sql.get<SupplyRow>('SELECT * FROM supply WHERE id = 1');
    assert(row !== undefined, 'the token chain has no supply');
    return supplyOf(row);
  }

  /**
   * Within a transaction of the caller's, who reads no wallet before it ends: it may yet be rolled back. Whether it is,
   * is told by {@link keep} or {@link drop}.
   */
  write({ wallets, holds, supply }: BookChanges): void {
    this.written = wallets;
    for (const wallet of wallets) this.putWallet(wallet);
    for (const hold of holds) this.putHold(hold);
    this.sql.run(
      'INSERT OR REPLACE INTO supply (id, issued, burnt, held, circulating) VALUES (1, ?, ?, ?, ?)',
      [
        supply.issued.toString(),
        supply.burnt.toString(),
        supply.held.toString(),
        supply.circulating.toString(),
      ],
    );
  }

  /** The transaction is on disk: its wallets need not be read again. */
  keep(): void {
    for (const wallet of this.written) this.remember(wallet);
    this.drop();
  }

  /** The transaction was rolled back, or what it left is kept. */
  drop(): void {
    this.written = [];
  }

  private remember(wallet: Wallet): void {
    if (this.kept.size >= KEPT_MAX) this.kept.clear();
    this.kept.set(wallet.address, wallet);
  }

  private read(row: HoldRow | undefined): Hold | undefined {
    return row === undefined ? undefined : holdOf(row, this.contract());
  }

  private putWallet(wallet: Wallet): void {
    this.kept.delete(wallet.address);
    this.sql.run(
      `INSERT INTO wallet (address, sent, received, fees_paid, fees_collected, issued, held, sent_count, received_count)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (address) DO UPDATE SET sent = excluded.sent, received = excluded.received,
         fees_paid = excluded.fees_paid, fees_collected = excluded.fees_collected, issued = excluded.issued,
         held = excluded.held, sent_count = excluded.sent_count, received_count = excluded.received_count`,
      walletValues(wallet),
    );
  }

  private putHold({ sequence, holdUntil, state, endedBy }: Hold): void {
    this.sql.run('INSERT OR REPLACE INTO hold (sequence, hold_until, state, ended_by) VALUES (?, ?, ?, ?)', [
      sequence,
      holdUntil,
      state,
      endedBy ?? null,
    ]);
  }
}
