/** One durable commit for all chains that have entries to accept: fifty busy chains cost one flush of the disk, not fifty. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { NewEntry } from '../../ledger/chain-store.js';
import type { LedgerStore } from '../../ledger/store.js';

/** The approximate maximum of entries in one commit: some ten milliseconds of work. */
export const COMMIT_ENTRIES_TARGET = 1000;

/** One chain's part of a commit, and its outcome. */
export interface PreparedCommit {
  readonly chain: Hash;
  readonly entries: readonly NewEntry[];
  /** All of it is on disk: updates memory, answers and emits events. */
  committed(): void;
  /** Nothing of it is stored (`Unavailable`), or the outcome is unknown (then the process stops). */
  failed(error: unknown): void;
}

interface Member {
  /** Loads and computes; see {@link PreparedCommit}. */
  prepare(): PreparedCommit | undefined;
}

export class CommitGroup {
  private readonly members = new Set<Member>();
  private isPlanned = false;

  constructor(private readonly store: Pick<LedgerStore, 'acceptTogether'>) {}

  /** A member has something to commit. The commit runs after the requests that are being read now, which share it. */
  plan(member: Member): void {
    this.members.add(member);
    if (this.isPlanned) return;
    this.isPlanned = true;
    setImmediate(() => {
      this.isPlanned = false;
      this.run();
    });
  }

  /** Loads, computes and commits without a pause: nobody else writes in between. */
  private run(): void {
    const prepared: PreparedCommit[] = [];
    let entries = 0;
    for (const member of this.members) {
      // The remaining members come first in the next commit.
      if (entries >= COMMIT_ENTRIES_TARGET) break;
      this.members.delete(member);
      const part = member.prepare();
      if (part === undefined) continue;
      prepared.push(part);
      entries += part.entries.length;
    }
    const [some] = this.members;
    if (some !== undefined) this.plan(some);
    if (prepared.length === 0) return;
    // commit. A crash before its end leaves nothing of it; one after it leaves entries whose clients got no answer: they
    // repeat their requests with the same nonces.
    try {
      this.store.acceptTogether(prepared);
    } catch (error) {
      for (const part of prepared) part.failed(error);
      return;
    }
    // announce
    for (const part of prepared) part.committed();
  }
}
