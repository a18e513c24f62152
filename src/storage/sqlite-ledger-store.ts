/**
 * The chains on SQLite, by prepared statements on one synchronous connection. Raw SQL instead of Prisma's models
 * because everything here is on the hot path of an entry: see docs/architecture.md, "Why raw SQL".
 */
import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { SealedHeader } from '../chain/block.js';
import type { BookChanges } from '../chain/book.js';
import type { Hash } from '../chain/bytes.js';
import { contractText, parseContract, type ChainKind, type TokenContract } from '../chain/contract.js';
import type { Frontier } from '../chain/tree.js';
import type { ParentState } from '../chain/verify-block.js';
import { assert, FatalError } from '../ledger/errors.js';
import {
  ENTRY_WIRE_OVERHEAD,
  LedgerStore,
  type Birth,
  type Chain,
  type NewBlock,
  type NewEntry,
  type StoredEntry,
  type Tail,
  type WaitingBlock,
} from '../ledger/store.js';
import { RowCache } from './row-cache.js';
import { bytes, entryOf, frontierBytes, frontierOf, headerOf, type BlockRow, type EntryRow } from './rows.js';
import { SqliteBooks } from './sqlite-books.js';
import { atCommit, beforeCommit } from './sqlite-errors.js';
import { Statements, type Parameters } from './statements.js';
import { TransactionIndex, type IndexedTransaction } from './transaction-index.js';

const NUMBER = { token: 1, information: 2 } as const satisfies Record<ChainKind, number>;
const TABLE = { token: '"transaction"', information: 'information' } as const;
const ENTRY_COLUMNS = {
  token: 'sequence, id, block, leaf',
  information: 'sequence, id, block, leaf, information, salt',
} as const;

/**
 * What `entryWireText` of chain/entry.ts makes of an entry, made by SQLite: without a row, an object and a text of
 * JavaScript's for each, a chain is read five times as fast. As bytes, for SQLite would look for a text's characters.
 */
const WIRE_FORM = {
  token: `substr(CAST(leaf AS BLOB), 1, octet_length(leaf) - 1) || ',"id":"' || lower(hex(id)) || '"}'`,
  information: `substr(CAST(leaf AS BLOB), 1, octet_length(leaf) - 1) || ',"id":"' || lower(hex(id)) ||
    iif(information IS NULL OR salt IS NULL, '","erased":true}',
        '","information":' || information || ',"salt":"' || lower(hex(salt)) || '"}')`,
} as const;

const BLOCK_SELECT = `
  SELECT chain.chain_id, block."index", block.hash, block.previous_hash, block.timestamp, block.tree_root,
         block.tree_size, block.signature
  FROM block JOIN chain ON chain.number = block.chain`;

export class SqliteLedgerStore extends LedgerStore {
  override readonly books: SqliteBooks;
  private readonly sql: Statements;
  private readonly index: TransactionIndex;
  private readonly reading: Statements;
  private readonly files: readonly { path: string; identity: string }[];
  /** The numbers of addresses. */
  private readonly walletIds = new RowCache<number>();
  /** What has to know how a transaction ended. */
  private readonly remembering: readonly { keep(): void; drop(): void }[];
  private known: readonly Chain[] | undefined;
  /** Read once: every answer asks for them, and only {@link append} moves them. */
  private readonly heads = new Map<ChainKind, ParentState>();
  /** SQLite's count of the commits of other connections, as it was read in this turn of the event loop. */
  private dataVersion: number | undefined;

  /** @param reading a second, read-only connection to the same file, with a small cache: whole chains are read on it */
  constructor(
    private readonly db: Database,
    reading: Database,
  ) {
    super();
    this.sql = new Statements(db);
    this.reading = new Statements(reading);
    this.index = new TransactionIndex(this.sql);
    this.books = new SqliteBooks(this.sql, this.index, () => this.tokenContract());
    this.remembering = [this.walletIds, this.index, this.books];
    this.files = [db.name, `${db.name}-wal`].map((path) => ({ path, identity: identityOf(path) }));
  }

  override chains(): readonly Chain[] {
    if (this.known !== undefined) return this.known;
    const rows = this.all<{ chain_id: Buffer; contract: string }>(
      'SELECT chain_id, contract FROM chain ORDER BY number',
    );
    const chains = rows.map(({ chain_id: id, contract: text }) => {
      const contract = parseContract(JSON.parse(text));
      if ('fault' in contract) throw new FatalError(`the stored contract is damaged: ${contract.message}`);
      return { id: id.toString('hex') as Hash, contract };
    });
    // Contracts never change: once they are there, they need no second look.
    if (chains.length > 0) this.known = chains;
    return chains;
  }

  override createChains(births: readonly Birth[]): void {
    this.commit(() => {
      for (const { chain, genesis } of births) {
        const { kind, name } = chain.contract;
        this.run(
          `INSERT INTO chain (number, kind, name, chain_id, contract, head_index, head_hash)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [
            NUMBER[kind],
            kind,
            name,
            bytes(chain.id),
            contractText(chain.contract),
            genesis.header.index,
            bytes(genesis.header.hash),
          ],
        );
        this.insertBlock(kind, genesis.header, genesis.frontier);
        if (genesis.book !== undefined) this.books.write(genesis.book.changes());
      }
    });
  }

  override head(kind: ChainKind): ParentState {
    let head = this.heads.get(kind);
    if (head === undefined) {
      head = this.readHead(kind);
      this.heads.set(kind, head);
    }
    return head;
  }

  private readHead(kind: ChainKind): ParentState {
    const row = this.get<BlockRow & { frontier: Buffer }>(
      `SELECT chain.chain_id, block."index", block.hash, block.previous_hash, block.timestamp, block.tree_root,
              block.tree_size, block.signature, block.frontier
       FROM chain JOIN block ON block.chain = chain.number AND block."index" = chain.head_index
       WHERE chain.number = ?`,
      [NUMBER[kind]],
    );
    assert(row !== undefined, `the ${kind} chain has no head`);
    return {
      header: headerOf(row),
      frontier: frontierOf(row.frontier, row.tree_size),
      lastEntryTimestamp: this.timestampAt(kind, row.tree_size - 1),
    };
  }

  override tail(kind: ChainKind): Tail {
    const row = this.get<{ last: number | null }>(`SELECT max(sequence) AS last FROM ${TABLE[kind]}`);
    const last = row?.last ?? -1;
    return { nextSequence: last + 1, lastTimestamp: this.timestampAt(kind, last) };
  }

  override waiting(kind: ChainKind): readonly WaitingBlock[] {
    const content = kind === 'token' ? '0' : 'ifnull(octet_length(information), 0)';
    const rows = this.all<{ index: number; entries: number; bytes: number; first: number }>(
      `SELECT block AS "index", count(*) AS entries, min(sequence) AS first,
              sum(octet_length(leaf) + ${content} + ${ENTRY_WIRE_OVERHEAD}) AS bytes
       FROM ${TABLE[kind]} WHERE sequence >= ? GROUP BY block ORDER BY block`,
      [this.head(kind).header.treeSize],
    );
    return rows.map(({ index, entries, bytes: size, first }) => ({
      index,
      first,
      entries,
      bytes: size,
      since: this.timestampAt(kind, first) ?? 0,
    }));
  }

  override accept(kind: ChainKind, entries: readonly NewEntry[]): void {
    this.commit(() => {
      this.insertEntries(kind, entries);
    });
  }

  override append(
    kind: ChainKind,
    expectedHead: Hash,
    blocks: readonly NewBlock[],
    changes: BookChanges | undefined,
  ): void {
    const last = blocks.at(-1);
    if (last === undefined) return;
    // Whatever comes of it, the next one who asks reads what is stored then.
    this.heads.delete(kind);
    this.commit(() => {
      for (const { header, frontier, entries } of blocks) {
        this.insertEntries(kind, entries);
        this.insertBlock(kind, header, frontier);
      }
      if (changes !== undefined) this.books.write(changes);
      const moved = this.run(
        'UPDATE chain SET head_index = ?, head_hash = ? WHERE number = ? AND head_hash = ?',
        [last.header.index, bytes(last.header.hash), NUMBER[kind], bytes(expectedHead)],
      );
      if (moved !== 1) {
        throw new FatalError(
          `the ${kind} chain's head is no longer ${expectedHead}: another process moved it`,
        );
      }
    });
  }

  override entryByNonce(kind: ChainKind, sender: string, nonce: string): StoredEntry | undefined {
    if (kind === 'information') {
      const row = this.get<EntryRow>(`SELECT ${ENTRY_COLUMNS.information} FROM information WHERE nonce = ?`, [
        nonce,
      ]);
      return row === undefined ? undefined : entryOf(row);
    }
    const wallet = this.knownWalletId(sender);
    if (wallet === undefined) return undefined;
    const row = this.get<EntryRow>(
      `SELECT ${ENTRY_COLUMNS.token} FROM "transaction" WHERE sender = ? AND nonce = ?`,
      [wallet, nonce],
    );
    return row === undefined ? undefined : entryOf(row);
  }

  override entryById(kind: ChainKind, id: Hash): StoredEntry | undefined {
    if (kind === 'token') {
      const row = this.index.find<EntryRow>(bytes(id), ENTRY_COLUMNS.token);
      return row === undefined ? undefined : entryOf(row);
    }
    const sequence = this.informationOf(bytes(id));
    return sequence === undefined ? undefined : this.entries(kind, sequence, sequence + 1, 1)[0];
  }

  override entries(kind: ChainKind, from: number, to: number, limit: number): readonly StoredEntry[] {
    return this.all<EntryRow>(
      `SELECT ${ENTRY_COLUMNS[kind]} FROM ${TABLE[kind]}
       WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?`,
      [from, to, limit],
    ).map(entryOf);
  }

  override entriesOnWire(kind: ChainKind, from: number, to: number): Buffer {
    // SQLite keeps the inner ORDER BY: what group_concat gives depends on it. One of its own would sort once more.
    // On a connection of its own: a whole chain would push what accepting and sealing need out of the cache.
    const row = this.reading.get<{ found: number; text: Buffer }>(
      `SELECT count(*) AS found, CAST(group_concat(entry, ',') AS BLOB) AS text
       FROM (SELECT ${WIRE_FORM[kind]} AS entry FROM ${TABLE[kind]}
             WHERE sequence >= ? AND sequence < ? ORDER BY sequence)`,
      [from, to],
    );
    assert(
      row?.found === to - from,
      `of the ${kind} chain's sealed entries ${from} to ${to - 1} some are not stored`,
    );
    return row.text;
  }

  override transactionsOf(address: string, before: number, limit: number): readonly StoredEntry[] {
    const wallet = this.get<{ id: number }>('SELECT id FROM wallet WHERE address = ?', [address]);
    if (wallet === undefined) return [];
    return this.all<EntryRow>(
      `SELECT ${ENTRY_COLUMNS.token} FROM "transaction"
       WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC`,
      [JSON.stringify(this.index.sequencesOf(wallet.id, before, limit))],
    ).map(entryOf);
  }

  override transactionsBefore(before: number, limit: number): readonly StoredEntry[] {
    return this.all<EntryRow>(
      `SELECT ${ENTRY_COLUMNS.token} FROM "transaction" WHERE sequence < ? ORDER BY sequence DESC LIMIT ?`,
      [before, limit],
    ).map(entryOf);
  }

  override header(kind: ChainKind, index: number): SealedHeader | undefined {
    const row = this.get<BlockRow>(`${BLOCK_SELECT} WHERE block.chain = ? AND block."index" = ?`, [
      NUMBER[kind],
      index,
    ]);
    return row === undefined ? undefined : headerOf(row);
  }

  override headerByHash(hash: Hash): SealedHeader | undefined {
    const row = this.get<BlockRow>(`${BLOCK_SELECT} WHERE block.hash = ?`, [bytes(hash)]);
    return row === undefined ? undefined : headerOf(row);
  }

  override headers(kind: ChainKind, from: number, limit: number): readonly SealedHeader[] {
    return this.all<BlockRow>(
      `${BLOCK_SELECT} WHERE block.chain = ? AND block."index" >= ? ORDER BY block."index" LIMIT ?`,
      [NUMBER[kind], from, limit],
    ).map(headerOf);
  }

  override frontier(kind: ChainKind, index: number): Frontier | undefined {
    const row = this.get<{ frontier: Buffer; tree_size: number }>(
      'SELECT frontier, tree_size FROM block WHERE chain = ? AND "index" = ?',
      [NUMBER[kind], index],
    );
    return row === undefined ? undefined : frontierOf(row.frontier, row.tree_size);
  }

  override checkpoint(): void {
    try {
      // Passive: whoever reads or writes meanwhile isn't waited for, and what they need stays in the log.
      this.db.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      throw beforeCommit(error);
    }
  }

  override foreignChanges(): number {
    if (this.dataVersion === undefined) {
      this.dataVersion = this.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
      setImmediate(() => (this.dataVersion = undefined));
    }
    return this.dataVersion;
  }

  override assertInPlace(): void {
    for (const { path, identity } of this.files) {
      if (identityOf(path) === identity) continue;
      throw new FatalError(`${path} was deleted or replaced while the node runs on it`);
    }
  }

  /** The time of the entry at `sequence`; undefined when there is none. */
  private timestampAt(kind: ChainKind, sequence: number): number | undefined {
    const row = this.get<{ timestamp: number }>(
      `SELECT json_extract(leaf, '$.timestamp') AS timestamp FROM ${TABLE[kind]} WHERE sequence = ?`,
      [sequence],
    );
    return row?.timestamp;
  }

  private informationOf(id: Buffer): number | undefined {
    return this.get<{ sequence: number }>('SELECT sequence FROM information WHERE id = ?', [id])?.sequence;
  }

  private tokenContract(): TokenContract {
    const contract = this.chains().find((chain) => chain.contract.kind === 'token')?.contract;
    assert(contract?.kind === 'token', 'there is a token chain');
    return contract;
  }

  private insertEntries(kind: ChainKind, entries: readonly NewEntry[]): void {
    const transactions: IndexedTransaction[] = [];
    for (const { sequence, block, entry, counterparty } of entries) {
      assert(entry.kind === kind, `an entry of kind ${entry.kind} for the ${kind} chain`);
      if (entry.kind === 'token') {
        assert(counterparty !== undefined, `the transaction ${sequence} concerns two wallets`);
        const id = buffer(entry.id);
        const sender = this.walletId(entry.transaction.sender);
        const recipient = this.walletId(counterparty);
        this.run(
          `INSERT INTO "transaction" (sequence, id, block, sender, recipient, nonce, leaf)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [sequence, id, block, sender, recipient, entry.transaction.nonce, entry.leafText],
        );
        transactions.push({ sequence, id, sender, recipient });
      } else {
        const { leaf, content } = entry;
        this.run(
          `INSERT INTO information (sequence, id, block, nonce, leaf, information, salt)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [
            sequence,
            buffer(entry.id),
            block,
            leaf.nonce,
            entry.leafText,
            content?.text ?? null,
            content === undefined ? null : bytes(content.salt),
          ],
        );
      }
    }
    this.index.stage(transactions);
  }

  /** The number of an address, which it gets when it is first named. */
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
      this.get<{ id: number }>('SELECT id FROM wallet WHERE address = ?', [address])?.id
    );
  }

  private newWalletId(address: string): number {
    const row = this.get<{ id: number }>('INSERT INTO wallet (address) VALUES (?) RETURNING id', [address]);
    assert(row !== undefined, 'an insert returns its row');
    return row.id;
  }

  private insertBlock(kind: ChainKind, header: SealedHeader, frontier: Frontier): void {
    this.run(
      `INSERT INTO block (chain, "index", hash, previous_hash, timestamp, tree_root, tree_size, signature, frontier)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        NUMBER[kind],
        header.index,
        bytes(header.hash),
        bytes(header.previousHash),
        header.timestamp,
        bytes(header.treeRoot),
        header.treeSize,
        bytes(header.signature),
        frontierBytes(frontier),
      ],
    );
  }

  /** One transaction, on disk when it returns. See {@link LedgerStore} for what its errors promise. */
  private commit(write: () => void): void {
    try {
      this.run('BEGIN IMMEDIATE');
      write();
    } catch (error) {
      this.rollBack();
      throw beforeCommit(error);
    }
    try {
      this.run('COMMIT');
    } catch (error) {
      this.rollBack();
      throw atCommit(error);
    }
    // A commit to a deleted file is on no disk: nobody may be told of it.
    this.assertInPlace();
    for (const part of this.remembering) part.keep();
  }

  private rollBack(): void {
    for (const part of this.remembering) part.drop();
    if (this.db.inTransaction) this.run('ROLLBACK');
  }

  private all<Row>(sql: string, parameters: Parameters = []): Row[] {
    return this.sql.all(sql, parameters);
  }

  private get<Row>(sql: string, parameters: Parameters = []): Row | undefined {
    return this.sql.get(sql, parameters);
  }

  private run(sql: string, parameters: Parameters = []): number {
    return this.sql.run(sql, parameters);
  }
}

/** Which file is at a path: another one after it was deleted or replaced. */
function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.dev}:${stat.ino}`;
}

/** better-sqlite3 binds only Buffers as BLOBs; no copy. */
function buffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
