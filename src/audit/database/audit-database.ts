/** A node's database as an audit reads it: read-only, one snapshot, every column as it comes, nothing believed. */
import type { Database as Connection } from 'better-sqlite3';
import type { ChainKind } from '../../chain/contract/contract.js';
import { KINDS } from '../../chain/contract/kinds.js';
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
  /** what the last block says; null when there is none */
  readonly tree_size: Stored;
}

export class AuditDatabase {
  private readonly lookUps: LookUpAudit;
  /** by kind: looked up once for all its chains */
  private readonly nonceReuse = new Map<ChainKind, boolean>();

  private constructor(
    private readonly db: Connection,
    private readonly file: AuditFile,
  ) {
    this.lookUps = new LookUpAudit(db, this.indexedChains());
  }

  /**
   * Opens a database beside whatever node runs on it, and keeps to what is committed now. While it is open, the
   * node's WAL file grows with what is written and can't shrink.
   * @returns what is wrong with a file that can't be read as a node does
   * @throws OperatorError when it isn't there, or no database of this version of ours
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

  /** Each chain, with the number of its entries as its last block has it. */
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

  /** @param rows as they should be, and are */
  chain(kind: ChainKind, rows: ChainRows): AuditChain {
    return new AuditChain(this.db, kind, rows, this.lookUps, (each) => this.isAnyNonceReused(each));
  }

  count(table: CountedTable): number {
    return this.countRows(`"${table}" NOT INDEXED`);
  }

  /** The faults that SQLite itself finds in the file's structure; undefined when all is well. */
  damage(): Difference | undefined {
    const found = this.db.pragma('quick_check(1)', { simple: true });
    return found === 'ok' ? undefined : damage(String(found));
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
   * {@link AuditChain.blocks} and {@link AuditChain.entriesFrom}.
   * @returns the first table that isn't as they give it
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

  /** The chains with look-ups that can be identified: faults of the others are found elsewhere. */
  private indexedChains(): readonly IndexedChain[] {
    return this.db
      .prepare<[], ChainColumns>('SELECT kind, first_row, indexed_row FROM chain')
      .all()
      .flatMap(({ kind, first_row: firstRow, indexed_row: indexed }) =>
        typeof kind === 'string' &&
        Object.hasOwn(KINDS, kind) &&
        KINDS[kind as ChainKind].hasBooks &&
        Number.isSafeInteger(firstRow)
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
