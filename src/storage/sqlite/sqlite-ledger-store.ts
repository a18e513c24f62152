/** The chains of a node in one SQLite database. */
import type { Database } from 'better-sqlite3';
import type { Hash } from '../../chain/bytes/bytes.js';
import { contractText, parseContract, type Contract } from '../../chain/contract/contract.js';
import { isTokenContract, type ChainKind } from '../../chain/contract/kinds.js';
import type { AnyChainStore, Chain, ChainOrigin } from '../../ledger/chain-store.js';
import { assert, FatalError } from '../../ledger/errors.js';
import { LedgerStore, type Acceptance, type Birth, type CosignedHeads } from '../../ledger/store.js';
import { CHAINS_STORED_MAX, ROWS_PER_CHAIN, type ChainRows } from './entry-table.js';
import { bytes } from './rows.js';
import type { SqliteChainStore } from './sqlite-chain-store.js';
import { SqliteCommits } from './sqlite-commits.js';
import { SqliteCosignedHeads } from './sqlite-cosigned-heads.js';
import { beforeCommit } from './sqlite-errors.js';
import { SqliteInformationStore } from './sqlite-information-store.js';
import type { IndexSizes } from './lookups/transaction-index.js';
import { SqliteTokenStore } from './sqlite-token-store.js';

type SqliteStore = SqliteTokenStore | SqliteInformationStore;

interface ChainRow {
  readonly number: number;
  readonly name: string;
  readonly origin: string;
  readonly chain_id: Buffer;
  readonly contract: string;
  readonly first_row: number;
}

export class SqliteLedgerStore extends LedgerStore {
  readonly cosigned: CosignedHeads;
  private readonly commits: SqliteCommits;
  /** in the order of their numbers */
  private readonly byId = new Map<Hash, SqliteStore>();
  private ordered: readonly SqliteStore[] = [];
  /** SQLite's counter of other connections' commits, read in this turn of the event loop. */
  private dataVersion: number | undefined;

  /** @param reading a second, read-only connection to the same file, with a small cache: whole chains are read on it */
  constructor(
    private readonly db: Database,
    reading: Database,
    /** for tests: the size of the lookup tables' generations */
    private readonly sizes?: IndexSizes,
  ) {
    super();
    this.commits = new SqliteCommits(db, reading);
    this.cosigned = new SqliteCosignedHeads(this.commits);
    const rows = this.commits.sql.all<ChainRow>(
      'SELECT number, name, origin, chain_id, contract, first_row FROM chain ORDER BY number',
    );
    const stores = rows.map((row) => this.open(row));
    for (const store of stores) store.completeTree();
    // A crash right after the commit of an erasure may have left the content in the log of writes.
    this.commits.needsScrub = this.commits.sql.get('SELECT 1 FROM erasure LIMIT 1') !== undefined;
    this.add(stores);
  }

  override stores(): readonly AnyChainStore[] {
    return this.ordered;
  }

  override store(id: Hash): AnyChainStore | undefined {
    return this.byId.get(id);
  }

  override createChains(births: readonly Birth[]): void {
    const born: SqliteStore[] = [];
    this.commits.commit(() => {
      born.length = 0;
      for (const birth of births) born.push(this.insertChain(birth));
    });
    this.add(born);
  }

  override acceptTogether(parts: readonly Acceptance[]): void {
    this.commits.commit(() => {
      for (const { chain, entries } of parts) this.require(chain).stage(entries);
    });
  }

  override checkpoint(): void {
    try {
      // Passive: does not wait for readers and writers, and what they need stays in the log.
      this.db.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      throw beforeCommit(error);
    }
  }

  override settle(): void {
    // The log is flushed as a whole, but only by a commit that changes something.
    const starts = `coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'starts'), 0) + 1`;
    this.commits.commit(() => {
      this.commits.sql.run(
        `INSERT OR REPLACE INTO meta (key, value) VALUES ('starts', CAST(${starts} AS TEXT))`,
      );
    });
  }

  override scrub(): boolean {
    return this.commits.scrub();
  }

  override foreignChanges(): number {
    if (this.dataVersion === undefined) {
      this.dataVersion =
        this.commits.sql.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
      setImmediate(() => (this.dataVersion = undefined));
    }
    return this.dataVersion;
  }

  override assertInPlace(): void {
    this.commits.assertInPlace();
  }

  private add(stores: readonly SqliteStore[]): void {
    for (const store of stores) this.byId.set(store.chain.id, store);
    this.ordered = [...this.byId.values()];
  }

  private require(id: Hash): SqliteChainStore<Contract> {
    const store = this.byId.get(id);
    assert(store !== undefined, `there is no chain ${id} in this store`);
    return store;
  }

  /** Contracts never change, so they are read once. */
  private open({
    number,
    name,
    origin,
    chain_id: id,
    contract: text,
    first_row: firstRow,
  }: ChainRow): SqliteStore {
    const contract = parseContract(JSON.parse(text));
    if ('fault' in contract)
      throw new FatalError(`the stored contract of ${name} is damaged: ${contract.message}`);
    const chain = { id: id.toString('hex') as Hash, name, origin: origin as ChainOrigin, contract };
    return this.storeOf(chain, { number, firstRow });
  }

  private storeOf({ contract, ...chain }: Chain, rows: ChainRows): SqliteStore {
    return isTokenContract(contract)
      ? new SqliteTokenStore({ ...chain, contract }, this.commits, rows, this.sizes)
      : new SqliteInformationStore({ ...chain, contract }, this.commits, rows);
  }

  /** Within a transaction. */
  private insertChain({ chain, genesis, checkpoint }: Birth): SqliteStore {
    const { sql } = this.commits;
    const number = 1 + (sql.get<{ last: number | null }>('SELECT max(number) AS last FROM chain')?.last ?? 0);
    assert(number <= CHAINS_STORED_MAX, `a node has at most ${CHAINS_STORED_MAX} chains`);
    const firstRow = this.firstRowOf(number, chain.contract.kind);
    sql.run(
      `INSERT INTO chain (number, kind, name, chain_id, contract, head_index, head_hash, origin, first_row, indexed_row)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        number,
        chain.contract.kind,
        chain.name,
        bytes(chain.id),
        contractText(chain.contract),
        genesis.header.index,
        bytes(genesis.header.hash),
        chain.origin,
        firstRow,
        firstRow,
      ],
    );
    const store = this.storeOf(chain, { number, firstRow });
    store.begin(genesis, checkpoint);
    return store;
  }

  /** The first chain of a kind begins at row 0, as in databases from versions with one chain of each kind. */
  private firstRowOf(number: number, kind: ChainKind): number {
    const isFirst = this.commits.sql.get('SELECT 1 FROM chain WHERE kind = ?', [kind]) === undefined;
    return isFirst ? 0 : (number - 1) * ROWS_PER_CHAIN;
  }
}
