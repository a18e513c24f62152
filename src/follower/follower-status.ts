/** How this follower stands with its upstream: what readiness, metrics and /chains tell. In memory: a restart tries again. */
import type { ChainKind } from '../chain/contract.js';
import type { Fault } from '../chain/faults.js';
import { NodeInfo } from '../ledger/node-info.js';
import type { LedgerStore } from '../ledger/store.js';
import { CHAIN_KINDS } from './pins.js';

export class FollowerStatus extends NodeInfo {
  override readonly role = 'follower';
  private readonly faults = new Map<ChainKind, Fault>();
  private readonly lags = new Map<ChainKind, number>();
  private readonly levelAt = new Map<ChainKind, number>();
  private lastError: { readonly message: string; readonly at: number } | undefined;
  private storeError: string | undefined;
  private readonly startedAt: number;

  constructor(
    override readonly upstream: string,
    private readonly store: LedgerStore,
    /** milliseconds since 1970-01-01 UTC */
    private readonly now: () => number,
  ) {
    super();
    this.startedAt = now();
  }

  /** The chain is followed no more, for the life of this process. */
  stop(kind: ChainKind, fault: Fault): void {
    this.faults.set(kind, fault);
  }

  isStopped(kind: ChainKind): boolean {
    return this.faults.has(kind);
  }

  /** Blocks that the upstream has and this node hasn't, when it was last asked. */
  setLag(kind: ChainKind, blocks: number): void {
    this.lags.set(kind, blocks);
  }

  lagOf(kind: ChainKind): number | undefined {
    return this.lags.get(kind);
  }

  /** Nothing that the upstream has is missing here. */
  level(kind: ChainKind): void {
    this.lags.set(kind, 0);
    this.levelAt.set(kind, this.now());
    this.lastError = undefined;
    this.storeError = undefined;
  }

  unreachable(message: string): void {
    this.lastError = { message, at: this.now() };
  }

  /** This node's own disk refuses: unlike an unreachable upstream, that is a trouble. */
  storeFailed(message: string): void {
    this.storeError = message;
  }

  /** When both chains were last level with the upstream; undefined: not since the start. */
  lastSyncAt(): number | undefined {
    const times = CHAIN_KINDS.map((kind) => this.levelAt.get(kind));
    return times.includes(undefined) ? undefined : Math.min(...(times as number[]));
  }

  /** Milliseconds since this status was made, with the process. */
  uptimeMs(): number {
    return Math.max(0, this.now() - this.startedAt);
  }

  /** Milliseconds since {@link lastSyncAt}. */
  stalenessMs(): number | undefined {
    const at = this.lastSyncAt();
    return at === undefined ? undefined : Math.max(0, this.now() - at);
  }

  override troubles(): readonly string[] {
    const troubles = [...this.faults].map(
      ([kind, { fault, message }]) =>
        `the ${kind} chain is no longer followed, ${this.upstream} is at fault: ${fault}: ${message} (see GET /faults)`,
    );
    if (this.storeError !== undefined) troubles.push(`blocks cannot be stored: ${this.storeError}`);
    if (this.store.chains().length === 0) troubles.push(`nothing has been pulled from ${this.upstream} yet`);
    return troubles;
  }

  override details(): Readonly<Record<string, string | number | boolean | null>> {
    const lags = this.store
      .chains()
      .map(({ contract }) => [`lag_blocks_${contract.name}`, this.lags.get(contract.kind) ?? null]);
    return {
      last_sync_at: this.lastSyncAt() ?? null,
      staleness_ms: this.stalenessMs() ?? null,
      ...(Object.fromEntries(lags) as Record<string, number | null>),
      last_error: this.lastError?.message ?? null,
      last_error_at: this.lastError?.at ?? null,
    };
  }
}
