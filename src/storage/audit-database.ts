/** A node's database as an audit reads it: read-only, one snapshot, every column as it comes, nothing believed. */
import type { Database as Connection, Statement } from 'better-sqlite3';
import { ENTRIES_FIELD } from '../chain/block.js';
import { BLOCK_ENTRIES_MAX, PROTOCOL_VERSION, type ChainKind } from '../chain/contract.js';
import { asFields } from '../chain/fields.js';
import type { NonceUse, NonceUses } from '../ledger/audit.js';
import type { Stored, StoredChainFacts, StoredEntryFacts, StoredEntryRow } from '../ledger/audit-stored.js';
import { CHAIN_NUMBER } from '../ledger/audit-stored.js';
import type { StoredHold, StoredSupply, StoredWallet } from '../ledger/audit-stored-books.js';
import { OperatorError } from '../ledger/errors.js';
import { openForAudit, type AuditFile } from './audit-file.js';
import { LookUpAudit } from './audit-lookups.js';
import { isSqliteError, type SqliteError } from './sqlite-errors.js';
import { wrongClass } from './storage-classes.js';
import { schemaDifference, versionOf, type Difference, type Version } from './schema.js';

/** Rows read at a time where they don't belong to one block. */
const ROWS_PER_READ = 1000;
/** Some ten milliseconds of work. */
const LOOK_UPS_PER_STEP = 5000;
/** Addresses in memory. */
const ADDRESSES_MAX = 65_536;
/** KiB of the database in memory. */
const CACHE_KIB = 65_536;

const INDEXED_TABLES = [
  'chain',
  'block',
  'transaction',
  'information',
  'wallet',
  'hold',
  'meta',
  'node',
  'fault',
] as const;

export interface StoredBlockRow {
  /** the wire form that was made of what is stored, parsed from JSON */
  readonly wire: unknown;
  /** bytes as hex digits */
  readonly frontier: Stored;
  readonly entries: readonly StoredEntryFacts[];
}

/** Columns in the order of {@link ENTRY_SELECT}. */
type EntryColumns = [
  sequence: Stored,
  id: Stored,
  block: Stored,
  nonce: Stored,
  leaf: Stored,
  senderOrInformation: Stored,
  recipientOrSalt: Stored,
];

const ENTRY_SELECT = {
  token: 'SELECT sequence, id, block, nonce, leaf, sender, recipient FROM "transaction"',
  information: 'SELECT sequence, id, block, nonce, leaf, information, salt FROM information',
} as const satisfies Record<ChainKind, string>;

interface BlockColumns {
  readonly index: Stored;
  readonly hash: Stored;
  readonly previous_hash: Stored;
  readonly timestamp: Stored;
  readonly tree_root: Stored;
  readonly tree_size: Stored;
  readonly signature: Stored;
  readonly frontier: Stored;
}

interface ChainColumns {
  readonly number: Stored;
  readonly kind: Stored;
  readonly name: Stored;
  readonly chain_id: Stored;
  readonly contract: Stored;
  readonly head_index: Stored;
  readonly head_hash: Stored;
  /** what the last block says; null when there is none */
  readonly tree_size: Stored;
}

export class AuditDatabase {
  private readonly selectEntries: Readonly<
    Record<ChainKind, Statement<[number, number, number], EntryColumns>>
  >;
  private readonly selectAddress: Statement<[Stored]>;
  /** of wallets, by their numbers: those that were asked for lately */
  private readonly addresses = new Map<Stored, Stored>();
  private readonly lookUps: LookUpAudit;
  /** The first sequence that the tables which transactions are found by may lack, if it is one. */
  readonly indexed: number | undefined;

  private constructor(
    private readonly db: Connection,
    private readonly file: AuditFile,
  ) {
    const indexed = db
      .prepare<[]>(`SELECT indexed_row FROM chain WHERE kind = 'token' ORDER BY number`)
      .pluck()
      .get();
    this.indexed =
      Number.isSafeInteger(indexed) && (indexed as number) >= 0 ? (indexed as number) : undefined;
    this.lookUps = new LookUpAudit(db, this.indexed ?? 0);
    this.selectAddress = db.prepare<[Stored]>('SELECT address FROM wallet WHERE id = ?').pluck();
    const statement = (kind: ChainKind): Statement<[number, number, number], EntryColumns> =>
      db
        .prepare<[number, number, number], EntryColumns>(
          `${ENTRY_SELECT[kind]} WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?`,
        )
        .raw();
    this.selectEntries = { token: statement('token'), information: statement('information') };
  }

  /**
   * Opens a database beside whatever node runs on it, and keeps to what is committed now. While it is open, the
   * node's WAL file grows with what is written and can't shrink.
   * @returns what is wrong with a file that can't be read as a node does
   * @throws OperatorError when it isn't there, or no database of this version of ours
   */
  static async open(file: string): Promise<AuditDatabase | Difference> {
    let opened: AuditFile | undefined;
    try {
      opened = await openForAudit(file);
      const { db } = opened;
      db.pragma(`cache_size = -${CACHE_KIB}`);
      // What is read first begins the snapshot.
      db.exec('BEGIN');
      assertVersion(file, versionOf(db));
      const difference = schemaDifference(db);
      if (difference === undefined) return new AuditDatabase(db, opened);
      await opened.close();
      return difference;
    } catch (error) {
      await opened?.close();
      if (isCorruption(error)) return damage(error.message);
      if (!isSqliteError(error)) throw error;
      const ours = error.code !== 'SQLITE_NOTADB';
      throw new OperatorError(
        ours
          ? `${file} cannot be read: ${error.message} (${error.code})`
          : `${file} is no database of bpsc: ${error.message}`,
        { cause: error },
      );
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** Some thousand rows between two steps. @returns a value that isn't of its column's type: it reads as another one */
  wrongClass(): Generator<void, Difference | undefined, void> {
    return wrongClass(this.db);
  }

  role(): Stored {
    return this.meta('role');
  }

  /** Each chain, with the number of its entries as its last block has it. */
  chains(): readonly { facts: StoredChainFacts; treeSize: Stored }[] {
    return this.db
      .prepare<[], ChainColumns>(
        `SELECT number, kind, name, chain_id, contract, head_index, head_hash,
                (SELECT tree_size FROM block WHERE chain = number ORDER BY "index" DESC LIMIT 1) AS tree_size
         FROM chain ORDER BY number`,
      )
      .all()
      .map(({ number, kind, name, contract, ...row }) => ({
        facts: {
          number,
          kind,
          name,
          contract: this.exact(contract, 'chain', 'contract', number),
          chainId: hex(row.chain_id),
          headIndex: row.head_index,
          headHash: hex(row.head_hash),
        },
        treeSize: row.tree_size,
      }));
  }

  /**
   * All blocks of a chain, in order, each with the entries from where the one before it ended.
   * @param chainId what the blocks' headers say, since a database keeps it once
   */
  *blocks(kind: ChainKind, chainId: string): Generator<StoredBlockRow, void, void> {
    const select = this.db.prepare<[number, Stored, number], BlockColumns>(
      `SELECT "index", hash, previous_hash, timestamp, tree_root, tree_size, signature, frontier
       FROM block WHERE chain = ? AND "index" > ? ORDER BY "index" LIMIT ?`,
    );
    let from = 0;
    for (let after: Stored = Number.MIN_SAFE_INTEGER; ;) {
      const rows = select.all(CHAIN_NUMBER[kind], after, ROWS_PER_READ);
      for (const row of rows) {
        // A size that is no such number is a fault of the block: it needs no entries to be seen.
        const to = Number.isSafeInteger(row.tree_size) ? (row.tree_size as number) : from;
        const entries = this.entries(kind, from, to, BLOCK_ENTRIES_MAX + 1);
        yield {
          wire: blockWire(row, chainId, kind, entries),
          frontier: hex(row.frontier),
          entries: entries.map(({ facts }) => facts),
        };
        from = to;
        after = row.index;
      }
      if (rows.length < ROWS_PER_READ) return;
    }
  }

  /** The entries from a sequence on, in order, some at a time. */
  *entriesFrom(kind: ChainKind, sequence: number): Generator<readonly StoredEntryRow[], void, void> {
    for (let from = sequence; ; from += ROWS_PER_READ) {
      const rows = this.entries(kind, from, Number.MAX_SAFE_INTEGER, ROWS_PER_READ);
      if (rows.length > 0) yield rows;
      if (rows.length < ROWS_PER_READ) return;
    }
  }

  /** Wallets in the order of their ids, some at a time. */
  *wallets(): Generator<readonly StoredWallet[], void, void> {
    const select = this.db.prepare<[number, number], StoredWallet & { id: number; address: Stored }>(
      `SELECT id, address, sent, received, fees_paid AS feesPaid, fees_collected AS feesCollected, issued, held,
              sent_count AS sentCount, received_count AS receivedCount
       FROM wallet WHERE id > ? ORDER BY id LIMIT ?`,
    );
    yield* pages(
      (after) =>
        select
          .all(after, ROWS_PER_READ)
          .map((row) => ({ ...row, address: this.exact(row.address, 'wallet', 'address', row.id) })),
      ({ id }) => id,
    );
  }

  /** Holds in the order of their transfers, some at a time. */
  *holds(): Generator<readonly StoredHold[], void, void> {
    const select = this.db.prepare<[number, number], StoredHold & { sequence: number }>(
      `SELECT sequence, hold_until AS holdUntil, state, ended_by AS endedBy
       FROM hold WHERE sequence > ? ORDER BY sequence LIMIT ?`,
    );
    yield* pages(
      (after) => select.all(after, ROWS_PER_READ),
      ({ sequence }) => sequence,
    );
  }

  /** The rows of the supply: one, and a second where there are more. */
  supply(): readonly StoredSupply[] {
    return this.db
      .prepare<[], StoredSupply>('SELECT id, issued, burnt, held, circulating FROM supply LIMIT 2')
      .all();
  }

  count(table: 'block' | 'transaction' | 'information' | 'chain'): number {
    return this.countRows(`"${table}" NOT INDEXED`);
  }

  /** What SQLite itself finds wrong with the file's structure; undefined when all is well. */
  damage(): Difference | undefined {
    const found = this.db.pragma('quick_check(1)', { simple: true });
    return found === 'ok' ? undefined : damage(String(found));
  }

  /** What says of a row that it is another chain's than it is, of the two that begin at row 0; undefined if nothing does. */
  misfiled(): string | undefined {
    const filed = [
      ['first_row', 'chain', 'first_row IS NOT 0'],
      ['indexed_row', 'chain', `kind IS NOT 'token' AND indexed_row IS NOT first_row`],
      [
        'origin',
        'chain',
        `origin IS NOT (SELECT iif(value = 'follower', 'followed', 'configured') FROM meta WHERE key = 'role')`,
      ],
      ['information.chain', 'information INDEXED BY information_nonce_chain_key', 'chain IS NOT 2'],
      ['wallet.chain', 'wallet INDEXED BY wallet_address_chain_key', 'chain IS NOT 1'],
      ['hold.chain', 'hold', 'chain IS NOT 1'],
    ] as const;
    return filed.find(
      ([, from, isWrong]) =>
        this.db.prepare(`SELECT 1 FROM ${from} WHERE ${isWrong} LIMIT 1`).get() !== undefined,
    )?.[0];
  }

  /**
   * Looks every row of the chains' tables up in each index of its table, a few thousand between two steps. An
   * index in which all are found, and which has no more entries than that, is as the table gives it.
   * @returns the first index that isn't
   */
  *wrongIndex(): Generator<void, string | undefined, void> {
    for (const table of INDEXED_TABLES) {
      for (const { name } of this.db.pragma(`index_list("${table}")`) as { name: string }[]) {
        const columns = this.db.pragma(`index_info("${name}")`) as { name: string }[];
        const equal = columns.map((column) => `i."${column.name}" = t."${column.name}"`).join(' AND ');
        const lookUp = this.db.prepare<
          [number, number],
          { rows: number; found: number | null; last: number }
        >(
          `SELECT count(*) AS rows, sum(found) AS found, max(at) AS last FROM
             (SELECT t.rowid AS at, EXISTS (SELECT 1 FROM "${table}" AS i INDEXED BY "${name}"
                                            WHERE ${equal} AND i.rowid = t.rowid) AS found
              FROM "${table}" AS t NOT INDEXED WHERE t.rowid > ? ORDER BY t.rowid LIMIT ?)`,
        );
        let total = 0;
        for (let after = Number.MIN_SAFE_INTEGER; ;) {
          const { rows = 0, found = 0, last = after } = lookUp.get(after, LOOK_UPS_PER_STEP) ?? {};
          if (rows !== (found ?? 0)) return name;
          total += rows;
          yield;
          if (rows < LOOK_UPS_PER_STEP) break;
          after = last;
        }
        if (this.countRows(`"${table}" INDEXED BY "${name}"`) !== total) return name;
      }
    }
    return undefined;
  }

  /**
   * Compares the tables that transactions are found by with the transactions, all of which must have been read by
   * {@link blocks} and {@link entriesFrom}.
   * @returns the first table that isn't as they give it
   */
  wrongLookUp(): Generator<void, string | undefined, void> {
    return this.lookUps.wrong();
  }

  /** The nonces as the columns have them: to be relied on where those were compared with the leaves, and the index too. */
  nonces(kind: ChainKind): NonceUses {
    return new StoredNonces(this.db, kind);
  }

  private meta(key: string): Stored {
    return this.db.prepare<[string], { value: Stored }>('SELECT value FROM meta WHERE key = ?').get(key)
      ?.value;
  }

  private countRows(source: string): number {
    return this.db.prepare<[], number>(`SELECT count(*) FROM ${source}`).pluck().get() ?? 0;
  }

  private entries(kind: ChainKind, from: number, to: number, limit: number): StoredEntryRow[] {
    const rows = this.selectEntries[kind].all(from, to, limit);
    if (kind === 'information') return rows.map((columns) => this.informationRow(columns));
    return rows.map((columns) => this.transactionRow(columns));
  }

  private transactionRow([sequence, id, block, nonce, text, from, to]: EntryColumns): StoredEntryRow {
    const leaf = this.exact(text, 'transaction', 'leaf', sequence);
    this.lookUps.expect([sequence, id, from, to]);
    const [sender, counterparty] = [this.address(from), this.address(to)];
    return {
      facts: { sequence, block, nonce, leaf, sender, counterparty, information: undefined },
      wire: entryWire(leaf, { id: hex(id) }),
    };
  }

  private informationRow([sequence, id, block, nonce, text, content, salt]: EntryColumns): StoredEntryRow {
    const leaf = this.exact(text, 'information', 'leaf', sequence);
    const information = this.exact(content, 'information', 'information', sequence);
    const beside =
      information === null && salt === null
        ? { erased: true }
        : { ...(information === null ? {} : { information: parsed(information) }), salt: hex(salt) };
    return {
      facts: { sequence, block, nonce, leaf, sender: undefined, counterparty: undefined, information },
      wire: entryWire(leaf, { id: hex(id), ...beside }),
    };
  }

  /**
   * A text whose bytes are those that it is sent as. Bytes that are no UTF-8 are read as U+FFFD, as if the text had that
   * character, and SQLite gives them out as they are.
   */
  private exact(text: Stored, table: string, column: string, rowid: Stored): Stored {
    if (typeof text !== 'string' || !text.includes('\u{fffd}')) return text;
    const bytes = this.db
      .prepare<[Stored], Buffer>(`SELECT CAST("${column}" AS BLOB) FROM "${table}" WHERE rowid = ?`)
      .pluck()
      .get(rowid);
    return bytes?.equals(Buffer.from(text)) === true ? text : `${text} (no UTF-8)`;
  }

  /** Cheaper than a join, as long as it isn't always another wallet. @returns undefined for a number of no wallet */
  private address(wallet: Stored): Stored {
    if (this.addresses.has(wallet)) return this.addresses.get(wallet);
    const address = this.exact(this.selectAddress.get(wallet), 'wallet', 'address', wallet);
    if (this.addresses.size >= ADDRESSES_MAX) this.addresses.clear();
    this.addresses.set(wallet, address);
    return address;
  }
}

/** @param found what SQLite says of the file */
export function damage(found: string): Difference {
  return { what: 'the file', expected: 'an undamaged database', found };
}

/** @throws OperatorError where this version can't say what the database should be */
function assertVersion(file: string, version: Version): void {
  const reason = WRONG_VERSIONS[version];
  if (reason !== undefined) throw new OperatorError(`${file} ${reason}`);
}

const WRONG_VERSIONS: Readonly<Record<Version, string | undefined>> = {
  this: undefined,
  none: 'is no database of bpsc: it has none of its tables',
  older:
    'is of an older version of bpsc: start a node on it once, which brings it up to date, or verify it with that version',
  newer: 'was written by a newer version of bpsc: verify it with that version',
};

/** What the entries' own index tells of their nonces: no copy, and no sort. */
class StoredNonces implements NonceUses {
  private readonly table: string;
  private readonly columns: string;
  private end = 0;

  constructor(
    private readonly db: Connection,
    kind: ChainKind,
  ) {
    this.table = kind === 'token' ? '"transaction"' : 'information';
    this.columns = kind === 'token' ? 'nonce, sender' : 'nonce';
  }

  addNonce({ sequence }: NonceUse): void {
    this.end = sequence + 1;
  }

  reusedNonce(): Omit<NonceUse, 'sender'> | undefined {
    const { table, columns, end } = this;
    // The plus keeps SQLite from its way by sequence: by the index, equal nonces are beside each other.
    const any = this.db
      .prepare<[number]>(
        `SELECT 1 FROM ${table} WHERE +sequence BETWEEN 0 AND ? GROUP BY ${columns} HAVING count(*) > 1 LIMIT 1`,
      )
      .get(end - 1);
    if (any === undefined) return undefined;
    return this.db
      .prepare<[number], Omit<NonceUse, 'sender'>>(
        `SELECT sequence, block, nonce FROM
           (SELECT *, row_number() OVER (PARTITION BY ${columns} ORDER BY sequence) AS use
            FROM ${table} NOT INDEXED WHERE sequence BETWEEN 0 AND ?)
         WHERE use > 1 ORDER BY sequence LIMIT 1`,
      )
      .get(end - 1);
  }
}

/** Rows after rows, as long as there are some. @param keyOf the key of the table, which the rows are in order of */
function* pages<Row>(
  read: (after: number) => readonly Row[],
  keyOf: (row: Row) => number,
): Generator<readonly Row[], void, void> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = read(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = keyOf(last);
  }
}

/** SQLite came upon something in the file that can't be. */
export function isCorruption(error: unknown): error is SqliteError {
  return isSqliteError(error) && error.code.startsWith('SQLITE_CORRUPT');
}

/** What is no JSON object stays what it is: the verification says so. */
function entryWire(leaf: Stored, beside: Record<string, unknown>): unknown {
  const value = parsed(leaf);
  return asFields(value) === undefined ? value : Object.assign(value as object, beside);
}

function blockWire(
  row: BlockColumns,
  chainId: string,
  kind: ChainKind,
  entries: readonly StoredEntryRow[],
): Record<string, unknown> {
  return {
    version: PROTOCOL_VERSION,
    chain: chainId,
    index: row.index,
    previous_hash: hex(row.previous_hash),
    timestamp: row.timestamp,
    tree_root: hex(row.tree_root),
    tree_size: row.tree_size,
    hash: hex(row.hash),
    signature: hex(row.signature),
    [ENTRIES_FIELD[kind]]: entries.map(({ wire }) => wire),
  };
}

/** The value of a JSON text; anything else as it is. */
function parsed(text: Stored): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function hex(bytes: Stored): Stored {
  return bytes instanceof Buffer ? bytes.toString('hex') : bytes;
}
