/** Reads one chain's rows in a node's database for an audit: every column as stored, without trust. */
import type { Database as Connection, Statement } from 'better-sqlite3';
import { BLOCK_ENTRIES_MAX, PROTOCOL_VERSION } from '../../chain/contract/contract.js';
import { asFields } from '../../chain/bytes/fields.js';
import { KINDS, type ChainKind } from '../../chain/contract/kinds.js';
import { ERASURE_BEGIN } from '../../chain/entry/entry.js';
import type { NonceUse, NonceUses } from '../chain-audit.js';
import type { Stored, StoredEntryFacts, StoredEntryRow } from '../stored/stored-facts.js';
import type { StoredHold, StoredSupply, StoredWallet } from '../stored/stored-books.js';
import type { LookUpAudit } from './audit-lookups.js';
import { SubtreeAudit } from './audit-subtrees.js';
import { endRow, ROWS_PER_CHAIN, type ChainRows } from '../../storage/sqlite/entry-table.js';

/** Rows read at a time, if they don't belong to one block. */
const ROWS_PER_READ = 1000;
/** Addresses in memory. */
const ADDRESSES_MAX = 65_536;

export interface StoredBlockRow {
  /** the wire form that was made of what is stored, parsed from JSON */
  readonly wire: unknown;
  /** bytes as hex digits */
  readonly frontier: Stored;
  /** bytes as hex digits, or null */
  readonly checkpoint: Stored;
  readonly entries: readonly StoredEntryFacts[];
}

/** Columns in the order of {@link TABLES}. */
type EntryColumns = [
  row: Stored,
  id: Stored,
  block: Stored,
  nonce: Stored,
  leaf: Stored,
  senderOrInformation: Stored,
  recipientOrSalt: Stored,
  chain: Stored,
];

interface EntryTable {
  readonly name: 'transaction' | 'information';
  readonly columns: string;
  /** the column within which a nonce is unique in the whole table: a wallet's number belongs to one chain */
  readonly nonceKey: string;
}

const TABLES = {
  token: {
    name: 'transaction',
    columns: 'sequence, id, block, nonce, leaf, sender, recipient, NULL',
    nonceKey: 'nonce, sender',
  },
  information: {
    name: 'information',
    columns: 'sequence, id, block, nonce, leaf, information, salt, chain',
    nonceKey: 'nonce, chain',
  },
} as const satisfies Record<ChainKind, EntryTable>;

interface BlockColumns {
  readonly index: Stored;
  readonly hash: Stored;
  readonly previous_hash: Stored;
  readonly timestamp: Stored;
  readonly tree_root: Stored;
  readonly tree_size: Stored;
  readonly signature: Stored;
  readonly frontier: Stored;
  readonly checkpoint: Stored;
}

/** Whether any nonce is used twice, of all chains of a kind together. */
export type NonceReuse = (kind: ChainKind) => boolean;

export class AuditChain {
  private readonly selectEntries: Statement<[number, number, number], EntryColumns>;
  private readonly selectAddress: Statement<[Stored, number]>;
  /** the recently used wallets' addresses, by their numbers */
  private readonly addresses = new Map<Stored, Stored>();
  private readonly table: EntryTable;

  constructor(
    private readonly db: Connection,
    private readonly kind: ChainKind,
    private readonly rows: ChainRows,
    private readonly lookUps: LookUpAudit,
    private readonly anyNonceReused: NonceReuse,
  ) {
    this.table = TABLES[kind];
    this.selectAddress = db
      .prepare<[Stored, number]>('SELECT address FROM wallet WHERE id = ? AND chain = ?')
      .pluck();
    this.selectEntries = db
      .prepare<[number, number, number], EntryColumns>(
        `SELECT ${this.table.columns} FROM "${this.table.name}"
         WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?`,
      )
      .raw();
  }

  /**
   * All blocks, in order, each with its entries.
   * @param chainId the chain id in the headers, which a database stores only once
   */
  *blocks(chainId: string): Generator<StoredBlockRow, void, void> {
    const select = this.db.prepare<[number, Stored, number], BlockColumns>(
      `SELECT "index", hash, previous_hash, timestamp, tree_root, tree_size, signature, frontier, checkpoint
       FROM block WHERE chain = ? AND "index" > ? ORDER BY "index" LIMIT ?`,
    );
    let from = 0;
    for (let after: Stored = Number.MIN_SAFE_INTEGER; ;) {
      const rows = select.all(this.rows.number, after, ROWS_PER_READ);
      for (const row of rows) {
        // A size that is not a number is a fault of the block, which is found without its entries.
        const to = Number.isSafeInteger(row.tree_size) ? (row.tree_size as number) : from;
        const entries = this.entries(from, to, BLOCK_ENTRIES_MAX + 1);
        yield {
          wire: blockWire(row, chainId, this.kind, entries),
          frontier: hex(row.frontier),
          checkpoint: hex(row.checkpoint),
          entries: entries.map(({ facts }) => facts),
        };
        from = to;
        after = row.index;
      }
      if (rows.length < ROWS_PER_READ) return;
    }
  }

  /** The entries from a sequence on, in order, some at a time. */
  *entriesFrom(sequence: number): Generator<readonly StoredEntryRow[], void, void> {
    for (let from = sequence; ; from += ROWS_PER_READ) {
      const rows = this.entries(from, ROWS_PER_CHAIN, ROWS_PER_READ);
      if (rows.length > 0) yield rows;
      if (rows.length < ROWS_PER_READ) return;
    }
  }

  /** Wallets in the order of their ids, some at a time. */
  *wallets(): Generator<readonly StoredWallet[], void, void> {
    const select = this.db.prepare<[number, number, number], StoredWallet & { id: number; address: Stored }>(
      `SELECT id, address, sent, received, fees_paid AS feesPaid, fees_collected AS feesCollected, issued, held,
              sent_count AS sentCount, received_count AS receivedCount
       FROM wallet WHERE id > ? AND chain = ? ORDER BY id LIMIT ?`,
    );
    yield* pages(
      (after) =>
        select
          .all(after, this.rows.number, ROWS_PER_READ)
          .map((row) => ({ ...row, address: exactText(this.db, row.address, 'wallet', 'address', row.id) })),
      ({ id }) => id,
    );
  }

  /** Holds in the order of their transfers, some at a time, with sequences instead of rows. */
  *holds(): Generator<readonly StoredHold[], void, void> {
    const select = this.db.prepare<[number, number, number], StoredHold & { sequence: number }>(
      `SELECT sequence, hold_until AS holdUntil, state, ended_by AS endedBy, chain
       FROM hold WHERE sequence > ? AND sequence < ? ORDER BY sequence LIMIT ?`,
    );
    const { firstRow } = this.rows;
    const read = pages(
      (after) => select.all(Math.max(after, firstRow - 1), endRow(this.rows), ROWS_PER_READ),
      ({ sequence }) => sequence,
    );
    for (const rows of read) {
      yield rows.map((row) => ({
        ...row,
        sequence: row.sequence - firstRow,
        endedBy: this.sequenceOf(row.endedBy),
      }));
    }
  }

  supply(): StoredSupply | undefined {
    return this.db
      .prepare<[number], StoredSupply>('SELECT id, issued, burnt, held, circulating FROM supply WHERE id = ?')
      .get(this.rows.number);
  }

  /** The erasures as the table has them, in order, with sequences instead of rows. */
  erasures(): readonly { readonly erasure: Stored; readonly record: Stored }[] {
    return this.db
      .prepare<[number, number], { sequence: Stored; record: Stored }>(
        'SELECT sequence, record FROM erasure WHERE sequence >= ? AND sequence < ? ORDER BY sequence',
      )
      .all(this.rows.firstRow, endRow(this.rows))
      .map(({ sequence, record }) => ({
        erasure: this.sequenceOf(sequence),
        record: this.sequenceOf(record),
      }));
  }

  /** The records of which the table says that their content is missing, in order. */
  withheld(): readonly Stored[] {
    return this.db
      .prepare<[number, number]>(
        'SELECT sequence FROM withheld WHERE sequence >= ? AND sequence < ? ORDER BY sequence',
      )
      .pluck()
      .all(this.rows.firstRow, endRow(this.rows))
      .map((row) => this.sequenceOf(row));
  }

  subtrees(): SubtreeAudit {
    return new SubtreeAudit(this.db, this.rows.number);
  }

  /** The nonces of the columns: reliable if those were compared with the leaves, and with the index. */
  nonces(): NonceUses {
    return new StoredNonces(this.db, this.table, this.rows.firstRow, () => this.anyNonceReused(this.kind));
  }

  private entries(from: number, to: number, limit: number): StoredEntryRow[] {
    const { firstRow } = this.rows;
    const end = firstRow + Math.min(to, ROWS_PER_CHAIN);
    const rows = this.selectEntries.all(firstRow + Math.max(from, 0), end, limit);
    return rows.map((columns) =>
      KINDS[this.kind].hasBooks ? this.transactionRow(columns) : this.informationRow(columns),
    );
  }

  private transactionRow([row, id, block, nonce, text, from, to]: EntryColumns): StoredEntryRow {
    const leaf = exactText(this.db, text, 'transaction', 'leaf', row);
    this.lookUps.expect([row, id, from, to]);
    const [sender, counterparty] = [this.address(from), this.address(to)];
    return {
      facts: {
        sequence: this.sequenceOf(row),
        block,
        nonce,
        leaf,
        sender,
        counterparty,
        information: undefined,
        // Its wallets' numbers determine the chain.
        chain: this.rows.number,
      },
      wire: entryWire(leaf, { id: hex(id) }),
    };
  }

  private informationRow([row, id, block, nonce, text, content, salt, chain]: EntryColumns): StoredEntryRow {
    const leaf = exactText(this.db, text, 'information', 'leaf', row);
    const information = exactText(this.db, content, 'information', 'information', row);
    const beside =
      information === null && salt === null
        ? typeof leaf === 'string' && leaf.startsWith(ERASURE_BEGIN)
          ? {}
          : { erased: true }
        : { ...(information === null ? {} : { information: parsed(information) }), salt: hex(salt) };
    return {
      facts: {
        sequence: this.sequenceOf(row),
        block,
        nonce,
        leaf,
        sender: undefined,
        counterparty: undefined,
        information,
        chain,
      },
      wire: entryWire(leaf, { id: hex(id), ...beside }),
    };
  }

  private sequenceOf(row: Stored): Stored {
    return typeof row === 'number' ? row - this.rows.firstRow : row;
  }

  /**
   * Cheaper than a join, as long as it isn't always another wallet.
   * @returns undefined if no wallet of this chain has the number
   */
  private address(wallet: Stored): Stored {
    if (this.addresses.has(wallet)) return this.addresses.get(wallet);
    const stored = this.selectAddress.get(wallet, this.rows.number);
    const address = exactText(this.db, stored, 'wallet', 'address', wallet);
    if (this.addresses.size >= ADDRESSES_MAX) this.addresses.clear();
    this.addresses.set(wallet, address);
    return address;
  }
}

/** Whether any nonce of a table is used twice, read from its index: no copy, and no sort. */
export function anyNonceReused(db: Connection, kind: ChainKind): boolean {
  const { name, nonceKey } = TABLES[kind];
  return (
    db.prepare(`SELECT 1 FROM "${name}" GROUP BY ${nonceKey} HAVING count(*) > 1 LIMIT 1`).get() !== undefined
  );
}

/** The nonces of a chain according to the entries' own index. */
class StoredNonces implements NonceUses {
  private end = 0;

  constructor(
    private readonly db: Connection,
    private readonly table: EntryTable,
    private readonly firstRow: number,
    /** of any chain in this table */
    private readonly isAnyReused: () => boolean,
  ) {}

  addNonce({ sequence }: NonceUse): void {
    this.end = sequence + 1;
  }

  reusedNonce(): Omit<NonceUse, 'sender'> | undefined {
    if (!this.isAnyReused()) return undefined;
    const { firstRow, table, end } = this;
    return this.db
      .prepare<[number, number, number], Omit<NonceUse, 'sender'>>(
        `SELECT sequence - ? AS sequence, block, nonce FROM
           (SELECT *, row_number() OVER (PARTITION BY ${table.nonceKey} ORDER BY sequence) AS use
            FROM "${table.name}" NOT INDEXED WHERE sequence >= ? AND sequence < ?)
         WHERE use > 1 ORDER BY sequence LIMIT 1`,
      )
      .get(firstRow, firstRow, firstRow + end);
  }
}

/**
 * A text whose stored bytes are valid UTF-8. Invalid bytes are read as U+FFFD, as if the text contained that
 * character, but SQLite would send them as they are.
 */
export function exactText(
  db: Connection,
  text: Stored,
  table: string,
  column: string,
  rowid: Stored,
): Stored {
  if (typeof text !== 'string' || !text.includes('\u{fffd}')) return text;
  const bytes = db
    .prepare<[Stored], Buffer>(`SELECT CAST("${column}" AS BLOB) FROM "${table}" WHERE rowid = ?`)
    .pluck()
    .get(rowid);
  return bytes?.equals(Buffer.from(text)) === true ? text : `${text} (no UTF-8)`;
}

/** Reads all rows, some at a time. @param keyOf the table's key, by which the rows are ordered */
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

/** A value that is not a JSON object is left as it is: the verification reports it. */
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
    [KINDS[kind].entriesField]: entries.map(({ wire }) => wire),
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

export function hex(bytes: Stored): Stored {
  return bytes instanceof Buffer ? bytes.toString('hex') : bytes;
}
