/** Makes the first contact with a chain: fetches and verifies its genesis block; from then on the chain is pinned. */
import { Logger } from '@nestjs/common';
import { GENESIS_INDEX } from '../../chain/block/block.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import type { AdvertisedChain } from '../../ledger/advertisement.js';
import type { Chain } from '../../ledger/store.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import type { Beginning, FollowedChains } from './followed-chains.js';
import { isRefusal, refuse, type Refusal } from '../upstream/refusal.js';
import { UpstreamUnreachable } from '../upstream/upstream.js';
import type { Upstream } from '../upstream/upstream-port.js';
import { verifyBlockText } from './verify-text.js';

/** A genesis block has no entries. */
const GENESIS_PAGE = { from: GENESIS_INDEX, limit: 1, sizeBefore: () => Number.POSITIVE_INFINITY };

export class FirstContact {
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: Upstream,
    private readonly chains: FollowedChains,
    private readonly signatures: SignatureChecker,
  ) {}

  /**
   * Fetches and verifies the genesis blocks of chains, and begins to follow the chains for which that succeeds.
   * @param refused called with each chain whose genesis block is at fault
   * @throws UpstreamUnreachable if it delivers no genesis block for one of them, after the others have begun
   */
  async make(
    wanted: readonly AdvertisedChain[],
    refused: (chain: AdvertisedChain, refusal: Refusal) => Promise<void>,
    stop: AbortSignal,
  ): Promise<void> {
    const beginnings: Beginning[] = [];
    let unreachable: UpstreamUnreachable | undefined;
    for (const chain of wanted) {
      try {
        const genesis = await this.genesis(chain, stop);
        if (isRefusal(genesis)) await refused(chain, genesis);
        else beginnings.push({ chain, genesis });
      } catch (error) {
        if (!(error instanceof UpstreamUnreachable) || stop.aborted) throw error;
        unreachable ??= error;
      }
    }
    this.announce(this.chains.begin(beginnings));
    if (unreachable !== undefined) throw unreachable;
  }

  private async genesis(chain: AdvertisedChain, stop: AbortSignal): Promise<VerifiedBlock | Refusal> {
    const { contract } = chain;
    for await (const received of this.upstream.blocks(chain, GENESIS_PAGE, stop)) {
      if (isRefusal(received)) return received;
      const nothing = { parent: undefined, books: undefined, nonceUsed: () => false };
      const genesis = await verifyBlockText(received, { contract, ...nothing }, this.signatures);
      return 'fault' in genesis ? refuse(genesis, received) : genesis;
    }
    throw new UpstreamUnreachable(`delivers no genesis block of the chain ${chain.name}`);
  }

  private announce(chains: readonly Chain[]): void {
    if (chains.length === 0) return;
    const lines = chains.map(({ id, name, contract }) => {
      const alias = name === contract.name ? '' : ` (the name ${contract.name} is already taken)`;
      return `  ${contract.kind} chain ${name}: ${id}${alias}`;
    });
    const producers = new Set(chains.map(({ contract }) => contract.producer));
    // Of the whole node: with several upstreams, the last of these messages has all of it.
    const followed = this.chains.stores.map(({ chain }) => chain);
    const keys = new Set(followed.map(({ contract }) => contract.producer));
    const [only] = followed;
    // The id of a single token chain stands for all chains of its producer.
    const what =
      followed.length === 1 && only !== undefined && isTokenContract(only.contract)
        ? 'only the chains of this producer'
        : 'only the chains that this node follows now';
    this.logger.warn(
      `First contact: from now on this node follows these chains, as listed by ${this.upstream.url}:\n` +
        `${lines.join('\n')}\n  producer: ${[...producers].join(', ')}\n` +
        `Compare them with the values that the producer publishes. To make a new follower accept ${what}:\n` +
        `  CHAIN_ID=${followed.map(({ id }) => id).join(',')} PRODUCER_PUBLIC_KEY=${[...keys].join(',')}`,
    );
  }
}
