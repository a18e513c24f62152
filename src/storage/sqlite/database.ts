/** Opens a node's database: lock, migrations, PRAGMAs; one writing connection for the chain, one that only reads, Prisma when it is needed. */
import Database, { type Database as Connection } from 'better-sqlite3';
import { OperatorError } from '../../ledger/errors.js';
import type { Chain, NodeStorage } from '../../ledger/store.js';
import type { Role } from '../../ledger/node-info.js';
import { placeDatabase } from './database-file.js';
import { findChains } from './found-chains.js';
import { migrate } from './migrate.js';
import { LazyPrisma } from '../prisma/prisma.js';
import { PrismaFaultLog } from '../prisma/prisma-fault-log.js';
import { PrismaNodeRegistry, type NodeRow } from '../prisma/prisma-node-registry.js';
import { assertStartable } from './start-check.js';
import { lockDatabase, type ProcessLock } from './process-lock.js';
import { schemaDifference } from './schema.js';
import { BUSY_TIMEOUT_MS } from './sqlite-commits.js';
import { isSqliteError } from './sqlite-errors.js';
import { SqliteLedgerStore } from './sqlite-ledger-store.js';

export interface Storage extends NodeStorage {
  close(): Promise<void>;
}

/** Compares the chains that a database has with what the node is to be. @throws OperatorError to refuse the start */
export type CheckChains = (chains: readonly Chain[]) => void;

/**
 * @param file the database's path; made, with its folder, when it isn't there
 * @param check called before anything is written to a database, so that a start that is refused leaves it to the version
 *   that made it
 * @throws OperatorError when it is in use, of a newer version, of another role, or no database at all
 */
export async function openStorage(
  file: string,
  role: Role,
  check: CheckChains = () => undefined,
): Promise<Storage> {
  let lock: ProcessLock | undefined;
  let connection: Connection | undefined;
  let reading: Connection | undefined;
  try {
    const place = placeDatabase(file);
    lock = lockDatabase(place, file);
    connection = new Database(place, { timeout: BUSY_TIMEOUT_MS });
    const found = findChains(connection);
    if (found !== undefined) {
      if (found.role !== undefined) refuseOtherRole(connection, found.role, role);
      check(found.chains);
    }
    setUp(connection);
    migrate(connection);
    assertSchema(connection);
    // Only now: a migration may sort more than fits in memory.
    connection.pragma('temp_store = MEMORY');
    claimRole(connection, role);
    assertStartable(connection, role);
    const prisma = new LazyPrisma(place);
    reading = new Database(place, { readonly: true, timeout: BUSY_TIMEOUT_MS });
    const fork = reading.prepare(`SELECT 1 FROM fault WHERE code = 'FORKED' LIMIT 1`);
    const nodes = reading.prepare<[], NodeRow>(
      'SELECT url, registered_at FROM node ORDER BY registered_at, url',
    );
    const opened = [reading, connection];
    const held = lock;
    const store = new SqliteLedgerStore(connection, reading);
    return {
      store,
      cosigned: store.cosigned,
      nodes: new PrismaNodeRegistry(prisma, () => nodes.all()),
      faults: new PrismaFaultLog(prisma, () => fork.get() !== undefined),
      async close() {
        await prisma.close();
        for (const each of opened) each.close();
        held.release();
      },
    };
  } catch (error) {
    reading?.close();
    connection?.close();
    lock?.release();
    throw toOperatorError(error, file);
  }
}

/**
 * Pages of 4 KiB in the write-ahead log, at which a commit moves them into the database. SQLite's own 1000 are a few
 * commits of a busy node, and each time the same pages are moved; with many more, the one commit that moves them takes
 * a tenth of a second on a long chain.
 */
const LOG_PAGES = 4096;

/** Opens the connection that reads and writes the chains. */
export function openConnection(file: string): Connection {
  const connection = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  setUp(connection);
  return connection;
}

function setUp(connection: Connection): void {
  connection.pragma('journal_mode = WAL');
  // An answer of 201 is a promise, so each commit must be on disk before it.
  connection.pragma('synchronous = FULL');
  // A page that is written keeps no copies of rows that moved or were deleted, which an erasure would not reach. Only an
  // erasure also overwrites the pages that it frees (SqliteCommits.erasing): other commits would have more to write.
  connection.pragma('secure_delete = FAST');
  connection.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
  connection.pragma('cache_size = -65536');
}

/** Without a unique index, a nonce could be used twice; a trigger could do anything. */
function assertSchema(connection: Connection): void {
  const difference = schemaDifference(connection);
  if (difference === undefined) return;
  const { what, expected, found } = difference;
  throw new OperatorError(
    `the database ${connection.name} was changed by something other than bpsc: ${what} differs from its migrations ` +
      `(expected ${expected}, found ${found}). Restore it or, on a follower, set DATABASE_URL to another file and pull again`,
  );
}

/** A database belongs to the role that created it: a follower that pulled into a producer's would break its chain. */
function claimRole(connection: Connection, role: Role): void {
  // One with chains has a role already, or was tampered with.
  connection
    .prepare(
      `INSERT OR IGNORE INTO meta (key, value) SELECT 'role', ? WHERE NOT EXISTS (SELECT 1 FROM chain)`,
    )
    .run(role);
  const row = connection.prepare<[], { value: string }>(`SELECT value FROM meta WHERE key = 'role'`).get();
  refuseOtherRole(connection, row?.value, role);
}

function refuseOtherRole({ name }: Connection, found: unknown, role: Role): void {
  if (found === role) return;
  throw new OperatorError(
    found === 'producer' || found === 'follower'
      ? `the database ${name} belongs to a ${found}: set ROLE=${found}, or DATABASE_URL to another file`
      : `the database ${name} has chains and no role of a node: restore it, or set DATABASE_URL to another file`,
  );
}

function toOperatorError(error: unknown, file: string): unknown {
  if (error instanceof OperatorError) return error;
  if (isSqliteError(error)) {
    return cannotBeOpened(file, `${error.message} (${error.code})`, error);
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined && !(error instanceof TypeError)) return error;
  return cannotBeOpened(file, (error as Error).message, error);
}

function cannotBeOpened(file: string, reason: string, cause: unknown): OperatorError {
  return new OperatorError(`the database ${file} (DATABASE_URL) cannot be opened: ${reason}`, {
    cause,
  });
}
