/** Reads a node's database for an audit: read-only, in one snapshot, every column as stored, without trust. */
import type { Database as Connection } from 'better-sqlite3';
import { isChainKind, KINDS, type ChainKind } from '../../chain/contract/kinds.js';
import type { Stored, StoredChainFacts } from '../stored/stored-facts.js';
import { anyNonceReused, AuditChain, exactText, hex } from './audit-chain.js';
import type { AuditFile } from './audit-file.js';
import { damage, openSnapshot } from './snapshot.js';
import { LookUpAudit, type IndexedChain } from './audit-lookups.js';
import type { ChainRows } from '../../storage/sqlite/entry-table.js';
import { wrongClass } from '../../storage/sqlite/storage-classes.js';
import type { Difference } from '../../storage/sqlite/schema.js';

/** Some ten milliseconds of work. */
const LOOK_UPS_PER_STEP = 5000;

const INDEXED_TABLES = [
  'chain',
  'block',
  'subtree',
  'transaction',
  'information',
  'erasure',
  'withheld',
  'wallet',
  'hold',
  'meta',
  'node',
  'fault',
] as const;

/** Tables each row of which belongs to one chain. */
export type CountedTable =
  'block' | 'subtree' | 'transaction' | 'information' | 'erasure' | 'withheld' | 'wallet' | 'hold' | 'supply';

interface ChainColumns {
  readonly number: Stored;
  readonly kind: Stored;
  readonly name: Stored;
  readonly chain_id: Stored;
  readonly contract: Stored;
  readonly head_index: Stored;
  readonly head_hash: Stored;
  readonly origin: Stored;
  readonly first_row: Stored;
  readonly indexed_row: Stored;
  /** the last block's tree size; null if there is no block */
  readonly tree_size: Stored;
}

export class AuditDatabase {
  private readonly lookUps: LookUpAudit;
  /** by kind: determined once for all chains of it */
  private readonly nonceReuse = new Map<ChainKind, boolean>();

  private constructor(
    private readonly db: Connection,
    private readonly file: AuditFile,
  ) {
    this.lookUps = new LookUpAudit(db, this.indexedChains());
  }

  /**
   * Opens a database, even while a node uses it, and reads its current committed state. While it is open, the
   * node's WAL file grows with each write and can't shrink.
   * @returns the problem of a file that a node couldn't read
   * @throws OperatorError if it doesn't exist, or is not a database of this version
   */
  static async open(file: string): Promise<AuditDatabase | Difference> {
    const opened = await openSnapshot(file);
    return 'what' in opened ? opened : new AuditDatabase(opened.db, opened);
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

  /** Each chain, with the number of its sealed entries. */
  chains(): readonly { facts: StoredChainFacts; treeSize: Stored }[] {
    return this.db
      .prepare<[], ChainColumns>(
        `SELECT number, kind, name, chain_id, contract, head_index, head_hash, origin, first_row, indexed_row,
                (SELECT tree_size FROM block WHERE chain = number ORDER BY "index" DESC LIMIT 1) AS tree_size
         FROM chain ORDER BY number`,
      )
      .all()
      .map(({ number, kind, name, contract, origin, ...row }) => ({
        facts: {
          number,
          kind,
          name,
          contract: exactText(this.db, contract, 'chain', 'contract', number),
          chainId: hex(row.chain_id),
          headIndex: row.head_index,
          headHash: hex(row.head_hash),
          origin,
          firstRow: row.first_row,
          indexedRow: row.indexed_row,
        },
        treeSize: row.tree_size,
      }));
  }

  /** @param rows the expected and the actual number */
  chain(kind: ChainKind, rows: ChainRows): AuditChain {
    return new AuditChain(this.db, kind, rows, this.lookUps, (each) => this.isAnyNonceReused(each));
  }

  count(table: CountedTable): number {
    return this.countRows(`"${table}" NOT INDEXED`);
  }

  /** The faults that SQLite itself finds in the file's structure; undefined if there are none. */
  damage(): Difference | undefined {
    const found = this.db.pragma('quick_check(1)', { simple: true });
    return found === 'ok' ? undefined : damage(String(found));
  }

  /**
   * Looks up every row of the chains' tables in each index of its table, a few thousand per step. An
   * index that contains all rows and no other entries is valid.
   * @returns the first invalid index
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
   * Compares the lookup tables with the transactions, all of which must have been read by
   * {@link AuditChain.blocks} and {@link AuditChain.entriesFrom}.
   * @returns the first table that differs
   */
  wrongLookUp(): Generator<void, string | undefined, void> {
    return this.lookUps.wrong();
  }

  private meta(key: string): Stored {
    return this.db.prepare<[string], { value: Stored }>('SELECT value FROM meta WHERE key = ?').get(key)
      ?.value;
  }

  private countRows(source: string): number {
    return this.db.prepare<[], number>(`SELECT count(*) FROM ${source}`).pluck().get() ?? 0;
  }

  private isAnyNonceReused(kind: ChainKind): boolean {
    const known = this.nonceReuse.get(kind) ?? anyNonceReused(this.db, kind);
    this.nonceReuse.set(kind, known);
    return known;
  }

  /** The chains whose lookup rows can be identified: faults of the others are found elsewhere. */
  private indexedChains(): readonly IndexedChain[] {
    return this.db
      .prepare<[], ChainColumns>('SELECT kind, first_row, indexed_row FROM chain')
      .all()
      .flatMap(({ kind, first_row: firstRow, indexed_row: indexed }) =>
        isChainKind(kind) && KINDS[kind].hasBooks && Number.isSafeInteger(firstRow)
          ? [
              {
                firstRow: firstRow as number,
                indexed: Number.isSafeInteger(indexed) ? (indexed as number) : (firstRow as number),
              },
            ]
          : [],
      );
  }
}
