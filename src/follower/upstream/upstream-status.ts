/**
 * The state of one upstream: whether it answers, the chains it lists, its faults. Kept in memory only: a restart tries
 * again.
 */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Fault } from '../../chain/faults.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import type { Advertisement } from '../../ledger/advertisement.js';
import type { ListedChain } from '../take/pins.js';
import type { Role } from '../../ledger/node-info.js';
import { isStaticUrl } from '../../ledger/static-url.js';

/** Whether the upstream answers like a node, and since when it doesn't, in milliseconds since 1970-01-01 UTC. */
export interface Contact {
  readonly state: 'not_asked' | 'answers' | 'unreachable' | 'not_a_node';
  readonly since: number | undefined;
}

/** The maximum number of names in a line. */
const NAMES_MAX = 8;

export class UpstreamStatus {
  private readonly faults = new Map<Hash, { readonly name: string; readonly fault: Fault }>();
  private readonly lags = new Map<Hash, number>();
  /** chains that it has listed since the start */
  private readonly shown = new Set<Hash>();
  /** chains that it lists now, without faulty items */
  private serves: ReadonlySet<Hash> = new Set();
  private listed: readonly ListedChain[] = [];
  private firstToken: Hash | undefined;
  private ownFault: Fault | undefined;
  private lastFailure: { readonly message: string; readonly at: number } | undefined;
  private standing: Contact = { state: 'not_asked', since: undefined };
  /** the chains that it lists but that are not followed, with the reasons, as short text */
  unsupported = '';
  role: Role | undefined;

  constructor(
    readonly url: string,
    /** milliseconds since 1970-01-01 UTC */
    private readonly now: () => number,
  ) {}

  get contact(): Contact {
    return this.standing;
  }

  get lastError(): { readonly message: string; readonly at: number } | undefined {
    return this.lastFailure;
  }

  /** A fault that concerns no chain in particular: nothing more is requested from it, for the life of this process. */
  get fault(): Fault | undefined {
    return this.ownFault;
  }

  get isAtFault(): boolean {
    return this.ownFault !== undefined || this.faults.size > 0;
  }

  stopAll(fault: Fault): void {
    this.ownFault = fault;
  }

  /** Stops following the chain from this upstream, for the life of this process. */
  stop(chain: Hash, name: string, fault: Fault): void {
    this.faults.set(chain, { name, fault });
  }

  faultOf(chain: Hash): Fault | undefined {
    return this.ownFault ?? this.faults.get(chain)?.fault;
  }

  get stopped(): ReadonlyMap<Hash, { readonly name: string; readonly fault: Fault }> {
    return this.faults;
  }

  /** It answered with its role and its chains. */
  answered({ role, chains }: Advertisement): void {
    this.standing = { state: 'answers', since: undefined };
    this.role = role;
    this.serves = new Set(chains.map(({ id }) => id));
    this.listed = chains.map(({ id, contract }) => ({
      id,
      producer: contract.producer,
      upstream: this.url,
    }));
    for (const { id } of chains) this.shown.add(id);
    this.firstToken = chains.find(({ contract }) => isTokenContract(contract))?.id;
  }

  /** The chains in its latest answer. */
  get listedChains(): readonly ListedChain[] {
    return this.listed;
  }

  /** It didn't answer like a node: it can't be reached, or something else answers there. */
  away(state: 'unreachable' | 'not_a_node'): void {
    this.standing = { state, since: this.standing.since ?? this.now() };
  }

  /** A round could not reach it, or got no block from it. */
  failed(message: string): void {
    this.lastFailure = { message, at: this.now() };
  }

  get isAway(): boolean {
    return this.standing.since !== undefined;
  }

  /** Milliseconds since it stopped answering like a node; 0 while it answers. */
  awayMs(): number {
    const { since } = this.standing;
    return since === undefined ? 0 : Math.max(0, this.now() - since);
  }

  /** Whether it is known to have the chain. */
  hasShown(chain: Hash): boolean {
    return this.shown.has(chain);
  }

  /** Whether it has listed chains other than these. */
  showsMoreThan(chains: readonly Hash[]): boolean {
    return [...this.shown].some((id) => !chains.includes(id));
  }

  /** Whether the chain can be pulled from here, by its latest answer. */
  isServing(chain: Hash): boolean {
    return this.serves.has(chain) && this.faultOf(chain) === undefined;
  }

  /** The same, and it answers now. */
  isServingNow(chain: Hash): boolean {
    return !this.isAway && this.isServing(chain);
  }

  /** Whether it answers, but its latest answer does not list the chain. */
  isWithout(chain: Hash): boolean {
    return this.standing.state === 'answers' && !this.serves.has(chain);
  }

  /** Whether the chain is its default token chain. */
  isFirstToken(chain: Hash): boolean {
    return this.firstToken === chain;
  }

  setLag(chain: Hash, blocks: number): void {
    this.lags.set(chain, blocks);
  }

  /** undefined while unknown: the upstream doesn't answer, or isn't trusted. */
  lagOf(chain: Hash): number | undefined {
    return this.isServingNow(chain) ? this.lags.get(chain) : undefined;
  }

  level(chain: Hash): void {
    this.lags.set(chain, 0);
    this.lastFailure = undefined;
  }

  /** What is wrong with it where something else answers at its address. */
  get unlike(): string {
    return isStaticUrl(this.url) ? 'has no static files of bpsc' : 'is not a bpsc node';
  }

  /** The upstream's problem, as a sentence. */
  sentence(message: string): string {
    switch (this.standing.state) {
      case 'not_a_node':
        return `${this.url} answers, but ${this.unlike}: ${message}`;
      case 'answers':
        return `cannot pull from the upstream ${this.url}: ${message}`;
      case 'unreachable':
      case 'not_asked':
        return `the upstream ${this.url} is unreachable: ${message}`;
    }
  }
}

/** Lists some names, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return more > 0 ? `${names.slice(0, NAMES_MAX).join(', ')} and ${more} more` : names.join(', ');
}
