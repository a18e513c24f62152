/**
 * A machine's disk: a real SQLite database in memory, which outlives the processes that write to it. What is committed is
 * durable. Commits can be made to fail.
 */
import Database, { type Database as Connection, type Statement } from 'better-sqlite3';
import { openConnection } from '../../src/storage/sqlite/database.js';
import { migrate } from '../../src/storage/sqlite/migrate.js';
import type { Role } from '../../src/ledger/node-info.js';
import { Died, type Process } from '../world/process.js';

/**
 * What happens at a commit. `full`: the disk is full, nothing is written. `busy`: another program has the lock. `lost`: it
 * fails, and nothing is on disk; `kept`: it fails, but all is on disk. `died-before`, `died-after`: the process dies there.
 */
export type CommitFault = 'full' | 'busy' | 'lost' | 'kept' | 'died-before' | 'died-after';

/** Decides what happens at each commit; called when its transaction begins. */
export type CommitFaults = () => CommitFault | undefined;

let template: Buffer | undefined;

/** A database of this version without chains: made once, since migrations take some milliseconds. */
function emptyDatabase(): Buffer {
  if (template === undefined) {
    const connection = openConnection(':memory:');
    migrate(connection);
    template = connection.serialize();
    connection.close();
  }
  return template;
}

export class MemoryDisk {
  private connection: Connection;
  /** bytes that can still be written */
  freeBytes = 100 * 2 ** 30;
  /** whether nothing more can be written at all */
  isFull = false;

  constructor(role: Role) {
    this.connection = opened(emptyDatabase());
    this.connection.prepare(`INSERT INTO meta (key, value) VALUES ('role', ?)`).run(role);
  }

  /**
   * The connection of one process: it works until the process dies.
   * @param onCommit called before each commit
   */
  open(process: Process, faults: CommitFaults): Connection {
    // The file is as a process that died in a transaction left it.
    if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
    return view(this.connection, process, faults);
  }

  /** For planted mistakes: the head is an earlier block, and the blocks after it are gone. */
  moveHead(chain: string, to: string, index: number): void {
    const id = Buffer.from(chain, 'hex');
    const head = this.connection
      .prepare<[Buffer], { number: number; hash: Buffer }>(
        'SELECT number, head_hash AS hash FROM chain WHERE chain_id = ?',
      )
      .get(id);
    if (head === undefined || head.hash.toString('hex') === to) return;
    this.connection.prepare('DELETE FROM block WHERE chain = ? AND "index" >= ?').run(head.number, index);
    this.connection
      .prepare('UPDATE chain SET head_index = ?, head_hash = ? WHERE number = ?')
      .run(index - 1, Buffer.from(to, 'hex'), head.number);
  }

  close(): void {
    this.connection.close();
  }
}

function opened(bytes: Buffer): Connection {
  const connection = new Database(bytes);
  connection.pragma('foreign_keys = ON');
  connection.pragma('cache_size = -65536');
  return connection;
}

function sqliteError(code: string, message: string): Error {
  return new Database.SqliteError(message, code);
}

function view(connection: Connection, process: Process, faults: CommitFaults): Connection {
  let fault: CommitFault | undefined;
  const begin = (run: () => unknown): unknown => {
    fault = faults();
    if (fault === 'busy') throw sqliteError('SQLITE_BUSY', 'database is locked');
    return run();
  };
  const commit = (run: () => unknown): unknown => {
    switch (fault) {
      case undefined:
      case 'busy':
        return run();
      case 'full':
        throw sqliteError('SQLITE_FULL', 'database or disk is full');
      case 'lost':
        process.isBroken = true;
        connection.exec('ROLLBACK');
        throw sqliteError('SQLITE_IOERR_WRITE', 'disk I/O error');
      case 'kept':
        process.isBroken = true;
        run();
        throw sqliteError('SQLITE_IOERR_FSYNC', 'disk I/O error');
      case 'died-before':
        connection.exec('ROLLBACK');
        process.die();
        throw new Died(process.name);
      case 'died-after':
        run();
        process.die();
        throw new Died(process.name);
    }
  };
  const prepare = (sql: string): unknown => {
    process.assertAlive();
    const statement: Statement = connection.prepare(sql);
    const fails = sql === 'COMMIT' ? commit : sql === 'BEGIN IMMEDIATE' ? begin : undefined;
    return {
      get: (...parameters: unknown[]) => {
        process.assertAlive();
        return statement.get(...parameters);
      },
      all: (...parameters: unknown[]) => {
        process.assertAlive();
        return statement.all(...parameters);
      },
      run: (...parameters: unknown[]) => {
        process.assertAlive();
        return fails === undefined ? statement.run(...parameters) : fails(() => statement.run());
      },
      iterate: (...parameters: unknown[]) => statement.iterate(...parameters),
    };
  };
  return {
    name: connection.name,
    get inTransaction() {
      return !process.isDead && connection.inTransaction;
    },
    prepare,
    pragma: (text: string) => {
      process.assertAlive();
      return connection.pragma(text);
    },
  } as unknown as Connection;
}
