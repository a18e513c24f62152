/** How this follower stands with its upstream: what readiness, metrics and /chains tell. In memory: a restart tries again. */
import type { Hash } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import type { Fault } from '../chain/faults.js';
import { NodeInfo } from '../ledger/node-info.js';
import type { LedgerStore } from '../ledger/store.js';
import { CHAIN_KINDS } from './pins.js';

/** Whether the upstream answers as a node does, and since when it doesn't, in milliseconds since 1970-01-01 UTC. */
interface Contact {
  readonly state: 'not_asked' | 'answers' | 'unreachable' | 'not_a_node';
  readonly since: number | undefined;
}

export class FollowerStatus extends NodeInfo {
  override readonly role = 'follower';
  private readonly faults = new Map<ChainKind, Fault>();
  private readonly lags = new Map<ChainKind, number>();
  private readonly levelAt = new Map<ChainKind, number>();
  private lastError: { readonly message: string; readonly at: number } | undefined;
  private contact: Contact = { state: 'not_asked', since: undefined };
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

  /** undefined while it isn't known: the upstream doesn't answer, or isn't believed. */
  lagOf(kind: ChainKind): number | undefined {
    return this.isAway || this.isStopped(kind) ? undefined : this.lags.get(kind);
  }

  /** The upstream said how it stands. */
  answered(): void {
    this.contact = { state: 'answers', since: undefined };
  }

  /** Nothing that the upstream has is missing here. */
  level(kind: ChainKind): void {
    this.lags.set(kind, 0);
    this.levelAt.set(kind, this.now());
    this.lastError = undefined;
    this.storeError = undefined;
  }

  /** The upstream doesn't say how it stands: it can't be reached, or something else answers there. */
  away(state: 'unreachable' | 'not_a_node'): void {
    this.contact = { state, since: this.contact.since ?? this.now() };
  }

  /** A round found the upstream away, or got no block from it. */
  failed(message: string): void {
    this.lastError = { message, at: this.now() };
  }

  private get isAway(): boolean {
    return this.contact.since !== undefined;
  }

  /** Milliseconds since the upstream stopped answering as a node does; 0 while it answers. */
  awayMs(): number {
    return this.contact.since === undefined ? 0 : Math.max(0, this.now() - this.contact.since);
  }

  override get unreachableSince(): number | undefined {
    return this.contact.since;
  }

  override faultOf(chain: Hash): string | undefined {
    const kind = this.store.store(chain)?.chain.contract.kind;
    return kind && this.faultText(kind);
  }

  private faultText(kind: ChainKind): string | undefined {
    const fault = this.faults.get(kind);
    return fault && `${fault.fault}: ${fault.message}`;
  }

  /** Why a chain isn't level with the upstream, as a sentence. */
  reason(kind: ChainKind): string {
    const fault = this.faultText(kind);
    if (fault !== undefined) return `the upstream ${this.upstream} is at fault: ${fault} (see GET /faults)`;
    if (this.storeError !== undefined) return `blocks cannot be stored: ${this.storeError}`;
    return this.lastError === undefined
      ? `the upstream ${this.upstream} has not answered in full yet`
      : this.sentence(this.lastError.message);
  }

  /** What is wrong with the upstream, as it stands. */
  sentence(message: string): string {
    switch (this.contact.state) {
      case 'not_a_node':
        return `${this.upstream} answers, but is no bpsc node: ${message}`;
      case 'answers':
        return `the upstream ${this.upstream} can't be pulled from: ${message}`;
      case 'unreachable':
      case 'not_asked':
        return `the upstream ${this.upstream} is out of reach: ${message}`;
    }
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

  /** Whether anything was ever pulled. */
  get hasChains(): boolean {
    return this.store.chains().length > 0;
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
    if (!this.hasChains) troubles.push(this.nothingYet());
    return troubles;
  }

  private nothingYet(): string {
    const nothing = `nothing has been pulled from ${this.upstream} yet`;
    const isOther = this.contact.state === 'not_a_node';
    return isOther ? `${nothing}: it answers, but is no bpsc node: ${this.lastError?.message}` : nothing;
  }

  override details(): Readonly<Record<string, string | number | boolean | null>> {
    const ofChains = this.store.chains().flatMap(({ contract: { kind, name } }) => [
      [`lag_blocks_${name}`, this.lagOf(kind) ?? null],
      [`fault_${name}`, this.faults.get(kind)?.fault ?? null],
    ]);
    return {
      upstream_state: this.faults.size > 0 ? 'at_fault' : this.contact.state,
      unreachable_since: this.contact.since ?? null,
      last_sync_at: this.lastSyncAt() ?? null,
      staleness_ms: this.stalenessMs() ?? null,
      ...(Object.fromEntries(ofChains) as Record<string, number | string | null>),
      last_error: this.lastError?.message ?? null,
      last_error_at: this.lastError?.at ?? null,
    };
  }
}
