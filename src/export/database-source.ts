/** Exports from a node's database, which is only read: a node may be running on it. */
import { statSync } from 'node:fs';
import { openSnapshot } from '../audit/database/snapshot.js';
import { OperatorError } from '../ledger/errors.js';
import type { StaticExport } from '../static/write/static-export.js';
import { SqliteLedgerStore } from '../storage/sqlite/sqlite-ledger-store.js';
import type { ExportRound, ExportSource } from './source.js';

export class DatabaseSource implements ExportSource {
  private seen: string | undefined;

  constructor(private readonly file: string) {}

  /** Reads one snapshot: what the node stores meanwhile is for the next round. */
  async round(files: StaticExport): Promise<ExportRound> {
    this.seen = this.state();
    const snapshot = await openSnapshot(this.file);
    if ('what' in snapshot) {
      const { what, expected, found } = snapshot;
      throw new OperatorError(
        `${this.file}: ${what} should be ${expected}, and is ${found}. Run bpsc verify for details`,
      );
    }
    try {
      const store = new SqliteLedgerStore(snapshot.db, snapshot.db);
      return { chains: await files.advance(store.stores()), troubles: [], isAtFault: false };
    } finally {
      await snapshot.close();
    }
  }

  hasNews(): boolean {
    return this.state() !== this.seen;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Every commit changes the log or the file. */
  private state(): string {
    return [this.file, `${this.file}-wal`]
      .map((path) => statSync(path, { throwIfNoEntry: false }))
      .map((stat) => (stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`))
      .join();
  }
}
