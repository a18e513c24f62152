/** Manages the chains that this node follows, from whichever upstream: it selects, names and begins them. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import { ALIAS_DIGITS } from '../../chain/contract/shown-chain.js';
import type { AdvertisedChain, Advertisement } from '../../ledger/advertisement.js';
import { ListRoom } from '../../ledger/list-size.js';
import type { Birth, Chain, LedgerStore } from '../../ledger/store.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { isPinned, missingPins, type ListedChain, type Pins } from './pins.js';

/** A chain that can begin: its genesis block is verified. */
export interface Beginning {
  readonly chain: AdvertisedChain;
  readonly genesis: VerifiedBlock;
}

/** What to do with the chains that an upstream lists. */
export interface Selection {
  /** the chains to begin, in the upstream's order, but its private chain last */
  readonly begin: readonly AdvertisedChain[];
  /** the chains for which there is no room: see CHAINS_MAX */
  readonly beyond: readonly AdvertisedChain[];
  /** the chains with which this node's own list would be longer than its followers read */
  readonly unlistable: readonly AdvertisedChain[];
}

export class FollowedChains {
  constructor(
    private readonly store: LedgerStore,
    private readonly pins: Pins,
    /** the maximum number of chains of this node */
    private readonly chainsMax: number,
  ) {}

  /** The stores of the followed chains, in the order in which they were begun. */
  get stores(): readonly AnyChainStore[] {
    return this.store.stores().filter(({ chain }) => chain.origin === 'followed');
  }

  /** The store of a followed chain. */
  storeOf(id: Hash): AnyChainStore | undefined {
    const store = this.store.store(id);
    return store?.chain.origin === 'followed' ? store : undefined;
  }

  /** Returns a sentence for each pin that no followed chain matches yet. @param listed by the upstreams */
  missing(listed: readonly ListedChain[]): readonly string[] {
    const followed = this.stores.map(({ chain }) => chain);
    return missingPins(this.pins, followed, listed);
  }

  /** Selects the chains to begin. @param isRefused whether a chain of this upstream was found at fault earlier */
  select({ chains: listed, own }: Advertisement, isRefused: (id: Hash) => boolean): Selection {
    // An upstream's private chain comes last: it must not take a name or a default from the chains of the network.
    const chains = listed.toSorted((a, b) => Number(a.id === own) - Number(b.id === own));
    const known = [...this.stores.map(({ chain }) => chain), ...chains];
    const wanted = chains.filter(
      (chain) =>
        this.store.store(chain.id) === undefined && !isRefused(chain.id) && isPinned(chain, this.pins, known),
    );
    if (wanted.length === 0) return { begin: [], beyond: [], unlistable: [] };
    const room = Math.max(0, this.chainsMax - this.store.stores().length);
    const list = this.listRoom();
    const fits = new Map(wanted.slice(0, room).map((chain) => [chain, list.take(chain.contract)]));
    return {
      begin: wanted.filter((chain) => fits.get(chain) === true),
      beyond: wanted.slice(room),
      unlistable: wanted.filter((chain) => fits.get(chain) === false),
    };
  }

  private listRoom(): ListRoom {
    return new ListRoom(this.store.stores().map(({ chain }) => chain.contract));
  }

  /**
   * Begins chains in one commit, except those that another upstream has begun meanwhile. A crash before its end leaves
   * none of them, a crash after it all of them, each with its genesis block.
   * @throws Unavailable, FatalError
   */
  begin(beginnings: readonly Beginning[]): readonly Chain[] {
    const room = this.chainsMax - this.store.stores().length;
    const list = this.listRoom();
    const news = beginnings
      .filter(({ chain }) => this.store.store(chain.id) === undefined)
      .slice(0, room)
      .filter(({ chain }) => list.take(chain.contract));
    if (news.length === 0) return [];
    const own = new Set(news.map(({ chain }) => chain.contract.name));
    const taken = new Set(this.store.stores().map(({ chain }) => chain.name));
    // An alias must not be the real name of any chain, so that its meaning never changes.
    const real = new Set([...this.store.stores().map(({ chain }) => chain.contract.name), ...own]);
    const births = news.map(({ chain: { id, contract }, genesis }): Birth => {
      const name = nameOf(contract.name, id, taken, real);
      taken.add(name);
      return { chain: { id, name, origin: 'followed', contract }, genesis };
    });
    this.store.createChains(births);
    return births.map(({ chain }) => chain);
  }
}

function nameOf(name: string, id: Hash, taken: ReadonlySet<string>, real: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let digits = ALIAS_DIGITS; ; digits++) {
    const alias = `${name}-${id.slice(0, digits)}`;
    if (digits === id.length || (!taken.has(alias) && !real.has(alias))) return alias;
  }
}
