/** The first contact with a chain: it begins here with its genesis block, and from then on it is pinned. */
import { Logger } from '@nestjs/common';
import { GENESIS_INDEX } from '../../chain/block/block.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import type { AdvertisedChain } from '../../ledger/advertisement.js';
import type { Chain } from '../../ledger/store.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import type { Beginning, FollowedChains } from './followed-chains.js';
import { isRefusal, refuse, type Refusal } from '../upstream/refusal.js';
import { UpstreamUnreachable, type UpstreamClient } from '../upstream/upstream.js';
import { verifyBlockText } from './verify-text.js';

/** A genesis block has no entries. */
const GENESIS_PAGE = { from: GENESIS_INDEX, limit: 1, sizeBefore: () => Number.POSITIVE_INFINITY };

export class FirstContact {
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: UpstreamClient,
    private readonly chains: FollowedChains,
    private readonly signatures: SignatureChecker,
  ) {}

  /**
   * Fetches and verifies the genesis blocks of chains, and begins those that have one.
   * @param refused is given each chain whose first block is at fault
   * @throws UpstreamUnreachable when it delivers none of one of them, once the others have begun
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
    throw new UpstreamUnreachable(`delivers no first block of the chain ${chain.name}`);
  }

  private announce(chains: readonly Chain[]): void {
    if (chains.length === 0) return;
    const lines = chains.map(({ id, name, contract }) => {
      const alias = name === contract.name ? '' : ` (there is another ${contract.name} already)`;
      return `  ${contract.kind} chain ${name}: ${id}${alias}`;
    });
    const producers = new Set(chains.map(({ contract }) => contract.producer));
    // One token chain alone stands for all that its producer has.
    const tokens = chains.filter(({ contract }) => isTokenContract(contract));
    const pinned = tokens.length === 1 && producers.size === 1 ? tokens : chains;
    this.logger.warn(
      `First contact: from now on this node follows these chains, as ${this.upstream.url} showed them:\n` +
        `${lines.join('\n')}\n  producer: ${[...producers].join(', ')}\n` +
        'Compare them with what the producer publishes. To have a new follower take nothing else:\n' +
        `  CHAIN_ID=${pinned.map(({ id }) => id).join(',')} PRODUCER_PUBLIC_KEY=${[...producers].join(',')}`,
    );
  }
}
