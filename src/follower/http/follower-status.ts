/**
 * This follower's state with its upstreams, for readiness, metrics and /chains. Kept in memory only: a restart tries
 * again.
 */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Fault } from '../../chain/faults.js';
import type { Chain } from '../../ledger/chain-store.js';
import { NodeInfo, type Waiting, type WitnessIdentity } from '../../ledger/node-info.js';
import { isStaticUrl } from '../../ledger/static-url.js';
import type { FollowedChains } from '../take/followed-chains.js';
import { someOf, UpstreamStatus } from '../upstream/upstream-status.js';

/** A node's status of a chain that it seals itself. */
export type OwnStatus = Pick<NodeInfo, 'troubles' | 'details' | 'waiting'>;

type Details = Readonly<Record<string, string | number | boolean | null>>;

export class FollowerStatus extends NodeInfo {
  override readonly role = 'follower';
  /** in the order of PRODUCER_URL */
  readonly all: readonly UpstreamStatus[];
  /** chains that are no longer followed from any upstream, because their producers broke a rule */
  private readonly broken = new Map<Hash, Fault>();
  /** those of them whose producers are convicted: see GET /chains/:chain/evidence */
  private readonly frozen = new Set<Hash>();
  private readonly levelAt = new Map<Hash, number>();
  private storeError: string | undefined;
  private readonly startedAt: number;

  constructor(
    urls: readonly string[],
    private readonly chains: FollowedChains,
    /** milliseconds since 1970-01-01 UTC */
    private readonly now: () => number,
    private readonly own?: OwnStatus,
    /** of the node's other parts */
    private readonly otherTroubles: () => readonly string[] = () => [],
    private readonly asWitness?: WitnessIdentity,
  ) {
    super();
    this.all = urls.map((url) => new UpstreamStatus(url, now));
    this.startedAt = now();
  }

  override get witness(): WitnessIdentity | undefined {
    return this.asWitness;
  }

  override get upstream(): string | undefined {
    return this.all[0]?.url;
  }

  override get upstreams(): readonly string[] {
    return this.all.map(({ url }) => url);
  }

  override unreachableSince(upstream: string): number | undefined {
    return this.all.find(({ url }) => url === upstream)?.contact.since;
  }

  override faultOf(chain: Hash, upstream: string): string | undefined {
    // What froze a chain is its producer's fault: an upstream may have done nothing wrong.
    const broken = this.frozen.has(chain) ? undefined : this.broken.get(chain);
    const fault = broken ?? this.all.find(({ url }) => url === upstream)?.stopped.get(chain)?.fault;
    return fault && textOf(fault);
  }

  override waiting(chain: Hash): Waiting | undefined {
    return this.chains.storeOf(chain) === undefined ? this.own?.waiting(chain) : undefined;
  }

  /** Stops following the chain from all upstreams, for the life of this process: its producer broke a rule. */
  breakChain(chain: Hash, fault: Fault): void {
    this.broken.set(chain, fault);
  }

  /** The same for good: there is evidence that its producer told two stories. */
  freeze(chain: Hash, fault: Fault): void {
    this.frozen.add(chain);
    this.breakChain(chain, fault);
  }

  isBroken(chain: Hash): boolean {
    return this.broken.has(chain);
  }

  /** Whether the chain is no longer followed from this upstream. */
  isStopped(chain: Hash, upstream: UpstreamStatus): boolean {
    return this.broken.has(chain) || upstream.faultOf(chain) !== undefined;
  }

  /** Whether an upstream must have the chain: it is the only one, or has listed it. */
  mustHave(chain: Hash, upstream: UpstreamStatus): boolean {
    return this.all.length === 1 || upstream.hasShown(chain);
  }

  /**
   * The upstream to which writes must be sent: a producer that serves the chain, or else another node that does;
   * undefined if there are only static files.
   */
  writerOf(chain: Hash): string | undefined {
    const nodes = this.all.filter(({ url }) => !isStaticUrl(url));
    const serving = nodes.filter((upstream) => upstream.isServing(chain));
    return (serving.find(({ role }) => role === 'producer') ?? serving[0] ?? nodes[0])?.url;
  }

  /** Blocks that an upstream has and this node lacks; undefined while that isn't known for any upstream. */
  lagOf(chain: Hash): number | undefined {
    if (this.broken.has(chain)) return undefined;
    const lags = this.all.flatMap((upstream) => upstream.lagOf(chain) ?? []);
    return lags.length === 0 ? undefined : Math.max(...lags);
  }

  /** Records that this node has every block of the chain that the upstream has. */
  level(chain: Hash, upstream: UpstreamStatus): void {
    upstream.level(chain);
    this.levelAt.set(chain, this.now());
    this.storeError = undefined;
  }

  /** Why a chain isn't level with its upstreams, as a sentence. @param chain undefined: this node has no chain yet */
  reason(chain: Hash | undefined): string {
    const broken = chain && this.broken.get(chain);
    if (broken !== undefined) {
      return this.guilt(chain as Hash, chain as Hash, broken);
    }
    const concerned = this.all.filter((upstream) => chain === undefined || this.mustHave(chain, upstream));
    if (this.storeError !== undefined && concerned.every((each) => faultText(each, chain) === undefined)) {
      return `blocks cannot be stored: ${this.storeError}`;
    }
    const reasons = (concerned.length === 0 ? this.all : concerned).map((upstream) => {
      const fault = faultText(upstream, chain);
      if (fault !== undefined) return `the upstream ${upstream.url} is at fault: ${fault} (see GET /faults)`;
      const { lastError, url } = upstream;
      if (lastError !== undefined) return upstream.sentence(lastError.message);
      return chain !== undefined && upstream.isWithout(chain)
        ? `the upstream ${url} ${notListing(upstream, chain)} the chain`
        : `the upstream ${url} has not answered completely yet`;
    });
    return reasons.join('; ');
  }

  /** Records that this node's own disk failed: unlike an unreachable upstream, that is a trouble. */
  storeFailed(message: string): void {
    this.storeError = message;
  }

  /** The time when all chains were last level with an upstream; undefined: not since the start. */
  lastSyncAt(): number | undefined {
    const times = this.chains.stores.map(({ chain }) => this.levelAt.get(chain.id));
    return times.length === 0 || times.includes(undefined) ? undefined : Math.min(...(times as number[]));
  }

  /** Whether anything has ever been pulled. */
  get hasChains(): boolean {
    return this.chains.stores.length > 0;
  }

  /** Milliseconds since this status was created, when the process started. */
  uptimeMs(): number {
    return Math.max(0, this.now() - this.startedAt);
  }

  /** Milliseconds since {@link lastSyncAt}. */
  stalenessMs(): number | undefined {
    const at = this.lastSyncAt();
    return at === undefined ? undefined : Math.max(0, this.now() - at);
  }

  /** The longest time that any upstream has been away, in milliseconds. */
  awayMs(): number {
    return Math.max(0, ...this.all.map((upstream) => upstream.awayMs()));
  }

  override troubles(): readonly string[] {
    const troubles = [
      ...(this.own?.troubles() ?? []),
      ...this.chains.stores.flatMap(({ chain }) => this.troubleOf(chain)),
      ...this.all.flatMap((upstream) => this.refusedBy(upstream)),
      ...this.missing(),
    ];
    if (this.storeError !== undefined) troubles.push(`blocks cannot be stored: ${this.storeError}`);
    return [...troubles, ...this.otherTroubles()];
  }

  /** The pinned chains that are not followed and, as long as there are no chains at all, the reason. */
  missing(): readonly string[] {
    const missing = this.chains.missing(this.all.flatMap(({ listedChains }) => listedChains));
    return this.hasChains ? missing : [...missing, this.nothingYet()];
  }

  /** A fault of one upstream is no trouble for the chain as long as another one serves it. */
  private troubleOf({ id, name }: Chain): readonly string[] {
    const broken = this.broken.get(id);
    if (broken !== undefined) {
      return [`${name} is no longer followed because ${this.guilt(id, name, broken)}`];
    }
    if (this.all.some((upstream) => upstream.isServingNow(id))) return [];
    const concerned = this.all.filter((upstream) => this.mustHave(id, upstream));
    const isNowhere = this.all.every((upstream) => upstream.isWithout(id));
    const mayHaveIt = this.all.filter((each) => isNowhere || concerned.includes(each) || each.isAway);
    const reasons = mayHaveIt.map((upstream) => whyNotServed(upstream, id));
    if (concerned.some((upstream) => upstream.faultOf(id) !== undefined)) {
      return [`${name} is no longer followed because ${reasons.join('; ')}`];
    }
    // Upstreams that are merely unreachable are no trouble: the last good state is served meanwhile.
    return isNowhere || concerned.some((upstream) => upstream.isWithout(id))
      ? [`${name} is not served by any upstream now: ${reasons.join('; ')}`]
      : [];
  }

  private guilt(id: Hash, name: string, fault: Fault): string {
    return this.frozen.has(id)
      ? `its producer told two stories, so it is frozen for good: ${textOf(fault)} (see GET /chains/${name}/evidence)`
      : `its producer broke a rule: ${textOf(fault)} (see GET /faults)`;
  }

  /** Chains that could not begin and that no other upstream has. */
  private refusedBy(upstream: UpstreamStatus): readonly string[] {
    const { fault, url } = upstream;
    const refused = [...upstream.stopped].filter(
      ([id]) => this.chains.storeOf(id) === undefined && !this.all.some((each) => each.isServingNow(id)),
    );
    const lines = refused.map(
      ([, { name, fault: of }]) =>
        `${name} is not followed because ${url} is at fault: ${textOf(of)} (see GET /faults)`,
    );
    const own = fault === undefined || this.hasChains ? [] : [`${url} is at fault: ${textOf(fault)}`];
    return [...own, ...lines];
  }

  private nothingYet(): string {
    const nothing = `nothing has been pulled from ${this.upstreams.join(', ')} yet`;
    const other = this.all.find(({ contact }) => contact.state === 'not_a_node');
    if (other === undefined) {
      const isEmpty = this.all.every(({ contact, listedChains, unsupported }) => {
        return contact.state === 'answers' && listedChains.length === 0 && unsupported === '';
      });
      return isEmpty ? `${nothing}: no chain is listed there` : nothing;
    }
    return `${nothing}: ${this.all.length === 1 ? 'it' : other.url} answers, but ${other.unlike}: ${other.lastError?.message}`;
  }

  override details(): Details {
    const stores = this.chains.stores;
    const ofChains = stores.flatMap(({ chain: { id, name } }) => [
      [`lag_blocks_${name}`, this.lagOf(id) ?? null],
      [`fault_${name}`, this.codeOf(id) ?? null],
    ]);
    const [first] = this.all;
    const failed = this.all.find(({ lastError }) => lastError !== undefined)?.lastError;
    const unsupported = this.all.map((upstream) => upstream.unsupported).filter((text) => text !== '');
    return {
      ...this.own?.details(),
      upstream_state: first === undefined ? 'not_asked' : this.stateOf(first),
      unreachable_since: first?.contact.since ?? null,
      last_sync_at: this.lastSyncAt() ?? null,
      staleness_ms: this.stalenessMs() ?? null,
      ...(Object.fromEntries(ofChains) as Record<string, number | string | null>),
      last_error: failed?.message ?? null,
      last_error_at: failed?.at ?? null,
      ...(unsupported.length === 0 ? {} : { unsupported: unsupported.join('; ') }),
      ...this.detailOfMissing(),
      ...(this.all.length === 1 ? {} : this.detailsOfEach()),
    };
  }

  /** Chains that an upstream has listed before but does not list now: that is no fault, and may pass. */
  private detailOfMissing(): Details {
    const missing = this.all.flatMap((upstream) =>
      this.chains.stores
        .filter(({ chain: { id } }) => upstream.hasShown(id) && upstream.isWithout(id))
        .map(({ chain: { name } }) => `${name} by ${upstream.url}`),
    );
    return missing.length === 0 ? {} : { no_longer_listed: someOf(missing) };
  }

  private detailsOfEach(): Details {
    return Object.fromEntries(
      this.all.flatMap((upstream, place) => {
        const name = `upstream_${place + 1}`;
        return [
          [name, upstream.url],
          [`${name}_state`, this.stateOf(upstream)],
          [`${name}_unreachable_since`, upstream.contact.since ?? null],
          [`${name}_last_error`, upstream.lastError?.message ?? null],
        ];
      }),
    ) as Details;
  }

  private stateOf(upstream: UpstreamStatus): string {
    const isBroken = this.chains.stores.some(
      ({ chain: { id } }) => this.broken.has(id) && !this.frozen.has(id) && this.mustHave(id, upstream),
    );
    return upstream.isAtFault || isBroken ? 'at_fault' : upstream.contact.state;
  }

  private codeOf(chain: Hash): string | undefined {
    const broken = this.broken.get(chain);
    if (broken !== undefined) return broken.fault;
    if (this.all.some((upstream) => upstream.isServingNow(chain))) return undefined;
    return this.all.map((upstream) => upstream.stopped.get(chain)?.fault ?? upstream.fault).find(Boolean)
      ?.fault;
  }
}

function faultText(upstream: UpstreamStatus, chain: Hash | undefined): string | undefined {
  const fault = chain === undefined ? upstream.fault : upstream.faultOf(chain);
  return fault && textOf(fault);
}

/** Why a chain can't be pulled from an upstream now. */
function whyNotServed(upstream: UpstreamStatus, chain: Hash): string {
  const { url, contact } = upstream;
  const fault = faultText(upstream, chain);
  if (fault !== undefined) return `${url} is at fault: ${fault} (see GET /faults)`;
  switch (contact.state) {
    case 'answers':
      return `${url} ${notListing(upstream, chain)} it`;
    case 'unreachable':
      return `${url} is unreachable`;
    case 'not_a_node':
      return `${url} answers, but is not a bpsc node`;
    case 'not_asked':
      return `${url} has not answered yet`;
  }
}

function notListing(upstream: UpstreamStatus, chain: Hash): string {
  return upstream.hasShown(chain) ? 'no longer lists' : 'does not list';
}

function textOf({ fault, message }: Fault): string {
  return `${fault}: ${message}`;
}
