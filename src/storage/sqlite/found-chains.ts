/** Reads a database's role and chains, whatever its version, without writing to it. */
import type { Database } from 'better-sqlite3';
import { parseHash } from '../../chain/bytes/bytes.js';
import { isFault } from '../../chain/faults.js';
import { parseContract } from '../../chain/contract/contract.js';
import type { Chain, ChainOrigin } from '../../ledger/chain-store.js';
import { appliedMigrations, BOOKKEEPING_TABLE, migrationNames } from './migrate.js';

export interface FoundDatabase {
  /** of the node that the database belongs to; undefined: it has none yet */
  readonly role: unknown;
  readonly chains: readonly Chain[];
}

interface FoundRow {
  readonly name: string;
  readonly id: string;
  readonly contract: string;
  readonly origin: string | null;
}

/** Undefined if the database is of a newer version or damaged: that is reported elsewhere. */
export function findChains(db: Database): FoundDatabase | undefined {
  if (!hasTable(db, BOOKKEEPING_TABLE) || !hasTable(db, 'chain') || !hasTable(db, 'meta')) {
    return { role: undefined, chains: [] };
  }
  const known = new Set(migrationNames());
  if ([...appliedMigrations(db).keys()].some((name) => !known.has(name))) return undefined;
  const role = db.prepare<[], { value: unknown }>(`SELECT value FROM meta WHERE key = 'role'`).get()?.value;
  // Chains got an origin later: before, a follower's were all followed, and a producer's all configured.
  const origin = db.prepare(`SELECT 1 FROM pragma_table_info('chain') WHERE name = 'origin'`).get();
  const column = origin === undefined ? 'NULL' : 'origin';
  const rows = db
    .prepare<[], FoundRow>(
      `SELECT name, lower(hex(chain_id)) AS id, contract, ${column} AS origin FROM chain ORDER BY number`,
    )
    .all();
  const chains = rows.flatMap((row) => chainOf(row, role === 'follower' ? 'followed' : 'configured') ?? []);
  return chains.length === rows.length ? { role, chains } : undefined;
}

function chainOf(
  { name, id: hex, contract: text, origin }: FoundRow,
  earlier: ChainOrigin,
): Chain | undefined {
  const contract = parseContract(jsonIn(text));
  const id = parseHash(hex);
  if (isFault(contract) || id === undefined) return undefined;
  return { id, name, origin: (origin ?? earlier) as ChainOrigin, contract };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasTable(db: Database, name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined;
}
