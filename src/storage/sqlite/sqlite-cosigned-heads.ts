/** What a witness cosigned last of each log: checked and moved in one statement, and on disk before a cosignature leaves. */
import type { TreeHead } from '../../chain/tree/proofs.js';
import { FatalError } from '../../ledger/errors.js';
import { CosignedHeads, type CosignedStep } from '../../ledger/store.js';
import type { SqliteCommits } from './sqlite-commits.js';

const LAST = 'SELECT size, root FROM cosigned WHERE origin = ?';
const FIRST = 'INSERT INTO cosigned (origin, size, root) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
const NEXT = 'UPDATE cosigned SET size = ?, root = ? WHERE origin = ? AND size = ? AND root = ?';

export class SqliteCosignedHeads extends CosignedHeads {
  constructor(private readonly commits: SqliteCommits) {
    super();
  }

  override last(origin: string): TreeHead | undefined {
    const row = this.commits.sql.get<{ size: number; root: Buffer }>(LAST, [origin]);
    return row && { size: row.size, root: new Uint8Array(row.root) };
  }

  override advance(steps: readonly CosignedStep[]): void {
    this.commits.commit(() => {
      for (const step of steps) {
        if (this.move(step) === 1) continue;
        throw new FatalError(
          `what was cosigned last of ${step.origin} is not what it was: another process moved it`,
        );
      }
    });
  }

  /** @returns how many rows it changed */
  private move({ origin, from, to }: CosignedStep): number {
    const { sql } = this.commits;
    const root = Buffer.from(to.root);
    return from === undefined
      ? sql.run(FIRST, [origin, to.size, root])
      : sql.run(NEXT, [to.size, root, origin, from.size, Buffer.from(from.root)]);
  }
}
