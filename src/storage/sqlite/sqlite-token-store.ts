/** A token chain on SQLite: its transactions, its wallets, and their lookup tables. */
import type { BookChanges } from '../../chain/books/book.js';
import { isTransaction } from '../../chain/contract/kinds.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import type { Chain, NewEntry, StoredEntry, TokenChainStore } from '../../ledger/chain-store.js';
import { assert } from '../../ledger/errors.js';
import type { HashPrefix } from '../../ledger/hash-prefix.js';
import { entryTable, type ChainRows } from './entry-table.js';
import { RowCache } from './row-cache.js';
import { buffer, bytes, type EntryRow } from './rows.js';
import { SqliteBooks } from './sqlite-books.js';
import { SqliteChainStore } from './sqlite-chain-store.js';
import type { SqliteCommits } from './sqlite-commits.js';
import {
  keysOf,
  TransactionIndex,
  type IndexedTransaction,
  type IndexSizes,
} from './lookups/transaction-index.js';

const TABLE = entryTable(
  '"transaction"',
  'sequence, id, block, leaf',
  `substr(CAST(leaf AS BLOB), 1, octet_length(leaf) - 1) || ',"id":"' || lower(hex(id)) || '"}'`,
  '0',
);
const BY_NONCE = `SELECT ${TABLE.columns} FROM "transaction" WHERE sender = ? AND nonce = ?`;
const ADDRESSES_BETWEEN =
  'SELECT address FROM wallet WHERE address >= ? AND address <= ? AND chain = ? ORDER BY address LIMIT ?';
const BY_ROWS = `
  SELECT ${TABLE.columns} FROM "transaction"
  WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC`;

export class SqliteTokenStore extends SqliteChainStore<TokenContract> implements TokenChainStore {
  readonly books: SqliteBooks;
  /** The numbers of addresses. */
  private readonly walletIds = new RowCache<number>();
  private loadedIndex: TransactionIndex | undefined;

  constructor(
    chain: Chain<TokenContract>,
    commits: SqliteCommits,
    private readonly rows: ChainRows,
    private readonly sizes?: IndexSizes,
  ) {
    super(chain, commits, rows, TABLE);
    this.books = new SqliteBooks(commits.sql, () => this.index, rows, chain.contract);
  }

  entryByNonce(sender: string, nonce: string): StoredEntry | undefined {
    // A number belongs to a wallet of this chain.
    const wallet = this.knownWalletId(sender);
    return wallet === undefined ? undefined : this.entryOf(this.sql.get<EntryRow>(BY_NONCE, [wallet, nonce]));
  }

  entryById(id: Hash): StoredEntry | undefined {
    return this.entryOf(this.index.find<EntryRow>(bytes(id), TABLE.columns));
  }

  entriesByPrefix(prefix: HashPrefix, limit: number): readonly StoredEntry[] {
    const [low, high] = keysOf(prefix);
    const rows = this.index.rowsBetween(low, high, limit);
    return this.sql
      .all<EntryRow>(BY_ROWS, [JSON.stringify(rows)])
      .flatMap((row) => this.entryOf(row) ?? [])
      .filter(({ id }) => id.startsWith(prefix))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit);
  }

  addressesByPrefix(prefix: string, limit: number): readonly string[] {
    // Code points are in the order of their UTF-8 bytes, which is SQLite's.
    return this.sql
      .all<{ address: string }>(ADDRESSES_BETWEEN, [prefix, `${prefix}\u{10FFFF}`, this.rows.number, limit])
      .map(({ address }) => address);
  }

  transactionsOf(address: string, before: number, limit: number): readonly StoredEntry[] {
    const wallet = this.knownWalletId(address);
    if (wallet === undefined) return [];
    const rows = this.index.rowsOf(wallet, Math.min(this.firstRow + before, this.seenEnd), limit);
    return this.sql
      .all<EntryRow>(BY_ROWS, [JSON.stringify(rows)])
      .map((row) => this.entryOf(row) as StoredEntry);
  }

  protected insertEntries(entries: readonly NewEntry[]): void {
    // An idle chain's lookup tables need not be loaded for an empty block. They must be loaded before anything is inserted,
    // since they are read from the stored transactions.
    const index = entries.length === 0 ? this.loadedIndex : this.index;
    if (index === undefined) return;
    const transactions: IndexedTransaction[] = [];
    this.commits.join(this.walletIds);
    this.commits.join(index);
    for (const { sequence, block, entry, counterparty } of entries) {
      assert(isTransaction(entry), `the entry ${sequence} of ${this.chain.name} is no transaction`);
      assert(counterparty !== undefined, `the transaction ${sequence} concerns two wallets`);
      const row = this.firstRow + sequence;
      const id = buffer(entry.id);
      const sender = this.walletId(entry.transaction.sender);
      const recipient = this.walletId(counterparty);
      this.sql.run(
        `INSERT INTO "transaction" (sequence, id, block, sender, recipient, nonce, leaf)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [row, id, block, sender, recipient, entry.transaction.nonce, entry.leafText],
      );
      transactions.push({ sequence: row, id, sender, recipient });
    }
    index.stage(transactions);
  }

  /** Nothing of a transaction can be erased. */
  protected eraseContent(): void {
    return undefined;
  }

  protected changeBooks(changes: BookChanges): void {
    this.commits.join(this.books);
    this.books.write(changes);
  }

  /** Loaded when it is first needed: most of a node's chains may be idle. */
  private get index(): TransactionIndex {
    this.loadedIndex ??= new TransactionIndex(this.sql, this.rows, this.sizes);
    return this.loadedIndex;
  }

  /** The number of an address, which is assigned when it first occurs. */
  private walletId(address: string): number {
    const known = this.walletIds.get(address);
    if (known !== undefined) return known;
    const id = this.knownWalletId(address) ?? this.newWalletId(address);
    this.walletIds.set(address, id);
    return id;
  }

  private knownWalletId(address: string): number | undefined {
    return (
      this.walletIds.get(address) ??
      this.sql.get<{ id: number }>('SELECT id FROM wallet WHERE address = ? AND chain = ?', [
        address,
        this.rows.number,
      ])?.id
    );
  }

  private newWalletId(address: string): number {
    const row = this.sql.get<{ id: number }>(
      'INSERT INTO wallet (address, chain) VALUES (?, ?) RETURNING id',
      [address, this.rows.number],
    );
    assert(row !== undefined, 'an insert returns its row');
    return row.id;
  }
}
