/**
 * The chains on SQLite, by prepared statements on one synchronous connection. Raw SQL instead of Prisma's models
 * because everything here is on the hot path of an entry: see docs/architecture.md, "Why raw SQL".
 */
import { statSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type { SealedHeader } from '../chain/block.js';
import type { Hash } from '../chain/bytes.js';
import { contractText, parseContract, type ChainKind } from '../chain/contract.js';
import type { Frontier } from '../chain/tree.js';
import type { ParentState, VerifiedBlock } from '../chain/verify-block.js';
import { assert, FatalError } from '../ledger/errors.js';
import {
  ENTRY_WIRE_OVERHEAD,
  LedgerStore,
  type Chain,
  type NewBlock,
  type NewEntry,
  type StoredEntry,
  type Tail,
  type WaitingBlock,
} from '../ledger/store.js';
import type { Wallet } from '../ledger/wallets.js';
import {
  entryOf,
  frontierBytes,
  frontierOf,
  headerOf,
  walletOf,
  type BlockRow,
  type EntryRow,
  type WalletRow,
} from './rows.js';
import { atCommit, beforeCommit } from './sqlite-errors.js';

const NUMBER = { token: 1, information: 2 } as const satisfies Record<ChainKind, number>;
const TABLE = { token: '"transaction"', information: 'information' } as const;
const ENTRY_COLUMNS = {
  token: 'sequence, id, block, leaf',
  information: 'sequence, id, block, leaf, information, salt',
} as const;

const BLOCK_SELECT = `
  SELECT chain.chain_id, block."index", block.hash, block.previous_hash, block.timestamp, block.tree_root,
         block.tree_size, block.signature
  FROM block JOIN chain ON chain.number = block.chain`;

type Parameters = readonly (string | number | bigint | Buffer | null)[];

export class SqliteLedgerStore extends LedgerStore {
  private readonly statements = new Map<string, Statement>();
  private readonly files: readonly { path: string; identity: string }[];
  private known: readonly Chain[] | undefined;

  constructor(private readonly db: Database) {
    super();
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

  override createChains(births: readonly { chain: Chain; genesis: VerifiedBlock }[]): void {
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
      }
    });
  }

  override head(kind: ChainKind): ParentState {
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
      entries,
      bytes: size,
      since: this.timestampAt(kind, first) ?? 0,
    }));
  }

  override accept(kind: ChainKind, entries: readonly NewEntry[], wallets: readonly Wallet[]): void {
    this.commit(() => {
      this.insertEntries(kind, entries, wallets);
    });
  }

  override append(kind: ChainKind, expectedHead: Hash, block: NewBlock): void {
    this.commit(() => {
      this.insertEntries(kind, block.entries, block.wallets);
      this.insertBlock(kind, block.header, block.frontier);
      const moved = this.run(
        'UPDATE chain SET head_index = ?, head_hash = ? WHERE number = ? AND head_hash = ?',
        [block.header.index, bytes(block.header.hash), NUMBER[kind], bytes(expectedHead)],
      );
      if (moved !== 1) {
        throw new FatalError(
          `the ${kind} chain's head is no longer ${expectedHead}: another process moved it`,
        );
      }
    });
  }

  override entryByNonce(kind: ChainKind, sender: string, nonce: string): StoredEntry | undefined {
    const row =
      kind === 'token'
        ? this.get<EntryRow>(
            `SELECT ${ENTRY_COLUMNS.token} FROM "transaction"
             WHERE sender = (SELECT id FROM wallet WHERE address = ?) AND nonce = ?`,
            [sender, nonce],
          )
        : this.get<EntryRow>(`SELECT ${ENTRY_COLUMNS.information} FROM information WHERE nonce = ?`, [nonce]);
    return row === undefined ? undefined : entryOf(row);
  }

  override entryById(kind: ChainKind, id: Hash): StoredEntry | undefined {
    const row = this.get<EntryRow>(`SELECT ${ENTRY_COLUMNS[kind]} FROM ${TABLE[kind]} WHERE id = ?`, [
      bytes(id),
    ]);
    return row === undefined ? undefined : entryOf(row);
  }

  override entries(kind: ChainKind, from: number, to: number, limit: number): readonly StoredEntry[] {
    return this.all<EntryRow>(
      `SELECT ${ENTRY_COLUMNS[kind]} FROM ${TABLE[kind]}
       WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?`,
      [from, to, limit],
    ).map(entryOf);
  }

  override transactionsOf(address: string, before: number, limit: number): readonly StoredEntry[] {
    const side = (column: 'sender' | 'recipient'): string =>
      `SELECT * FROM (SELECT ${ENTRY_COLUMNS.token} FROM "transaction"
         WHERE ${column} = (SELECT id FROM wallet WHERE address = ?) AND sequence < ?
         ORDER BY sequence DESC LIMIT ?)`;
    // Each side by its own index, newest first; then the newest of both.
    return this.all<EntryRow>(
      `${side('sender')} UNION ALL ${side('recipient')} ORDER BY sequence DESC LIMIT ?`,
      [address, before, limit, address, before, limit, limit],
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

  override wallets(addresses: readonly string[]): Map<string, Wallet> {
    const book = new Map<string, Wallet>();
    for (const address of new Set(addresses)) {
      const row = this.get<WalletRow>('SELECT * FROM wallet WHERE address = ?', [address]);
      if (row !== undefined) book.set(address, walletOf(row));
    }
    return book;
  }

  override walletsAfter(address: string, limit: number): readonly Wallet[] {
    return this.all<WalletRow>('SELECT * FROM wallet WHERE address > ? ORDER BY address LIMIT ?', [
      address,
      limit,
    ]).map(walletOf);
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

  private insertEntries(kind: ChainKind, entries: readonly NewEntry[], wallets: readonly Wallet[]): void {
    const walletIds = new Map(wallets.map((wallet) => [wallet.address, this.putWallet(wallet)]));
    const walletId = (address: string): number => {
      const id = walletIds.get(address);
      assert(id !== undefined, `an entry came without the wallet of ${address}`);
      return id;
    };
    for (const { sequence, block, entry } of entries) {
      assert(entry.kind === kind, `an entry of kind ${entry.kind} for the ${kind} chain`);
      if (entry.kind === 'token') {
        const { sender, recipient, nonce } = entry.transfer;
        this.run(
          `INSERT INTO "transaction" (sequence, id, block, sender, recipient, nonce, leaf)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [sequence, buffer(entry.id), block, walletId(sender), walletId(recipient), nonce, entry.leafText],
        );
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
  }

  private putWallet(wallet: Wallet): number {
    const row = this.get<{ id: number }>(
      `INSERT INTO wallet (address, sent, received, fees_paid, fees_collected, sent_count, received_count)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (address) DO UPDATE SET sent = excluded.sent, received = excluded.received,
         fees_paid = excluded.fees_paid, fees_collected = excluded.fees_collected,
         sent_count = excluded.sent_count, received_count = excluded.received_count
       RETURNING id`,
      [
        wallet.address,
        wallet.sent.toString(),
        wallet.received.toString(),
        wallet.feesPaid.toString(),
        wallet.feesCollected.toString(),
        wallet.sentCount,
        wallet.receivedCount,
      ],
    );
    assert(row !== undefined, 'an upsert returns its row');
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
  }

  private rollBack(): void {
    if (this.db.inTransaction) this.run('ROLLBACK');
  }

  private all<Row>(sql: string, parameters: Parameters = []): Row[] {
    return this.statement(sql).all(...parameters) as Row[];
  }

  private get<Row>(sql: string, parameters: Parameters = []): Row | undefined {
    return this.statement(sql).get(...parameters) as Row | undefined;
  }

  private run(sql: string, parameters: Parameters = []): number {
    return this.statement(sql).run(...parameters).changes;
  }

  private statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** Which file is at a path: another one after it was deleted or replaced. */
function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.dev}:${stat.ino}`;
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** better-sqlite3 binds only Buffers as BLOBs; no copy. */
function buffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
