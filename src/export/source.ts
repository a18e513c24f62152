/** Where an export takes the chains from: a node, whose blocks are verified first, or a database that a node keeps. */
import type { ExportedChain, StaticExport } from '../static/write/static-export.js';

/** What a round came to. */
export interface ExportRound {
  readonly chains: readonly ExportedChain[];
  /** Why there may be less than the source has; empty if there is not. */
  readonly troubles: readonly string[];
  /** whether a node was at fault */
  readonly isAtFault: boolean;
}

export interface ExportSource {
  /**
   * Brings the files up to what the source has now.
   * @throws Interrupted, OperatorError, FileConflict, and the disk's errors
   */
  round(files: StaticExport): Promise<ExportRound>;
  /** Whether the source may have something new since the last round; may be wrong only by saying yes. */
  hasNews(): boolean;
  close(): Promise<void>;
}
