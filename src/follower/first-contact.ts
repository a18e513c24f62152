/** The first contact with an upstream: both chains begin here with their genesis blocks, and from then on they are pinned. */
import { Logger } from '@nestjs/common';
import { GENESIS_INDEX } from '../chain/block.js';
import type { VerifiedBlock } from '../chain/verify-block.js';
import type { Birth, LedgerStore } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import type { AdvertisedChain, Advertisement } from '../ledger/advertisement.js';
import { checkFirstContact, type Pins } from './pins.js';
import { isRefusal, refuse, type Refusal } from './refusal.js';
import { UpstreamUnreachable, type UpstreamClient } from './upstream.js';
import { verifyBlockText } from './verify-text.js';

/** A genesis block has no entries. */
const GENESIS_PAGE = { from: GENESIS_INDEX, limit: 1, sizeBefore: () => Number.POSITIVE_INFINITY };

export class FirstContact {
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: UpstreamClient,
    private readonly store: LedgerStore,
    private readonly pins: Pins,
    private readonly signatures: SignatureChecker,
  ) {}

  /**
   * Fetches and verifies both genesis blocks and begins both chains in one commit. A crash before it leaves
   * nothing behind, a crash after it two chains of one block.
   * @throws UpstreamUnreachable
   */
  async make(advertisement: Advertisement, stop: AbortSignal): Promise<Refusal | undefined> {
    const chains = checkFirstContact(advertisement, this.pins);
    if ('fault' in chains) return refuse(chains, advertisement.text);
    const births: Birth[] = [];
    for (const chain of chains) {
      const genesis = await this.genesis(chain, stop);
      if (isRefusal(genesis)) return genesis;
      const { id, contract } = chain;
      births.push({ chain: { id, name: contract.name, origin: 'followed', contract }, genesis });
    }
    this.store.createChains(births);
    this.announce(chains);
    return undefined;
  }

  private async genesis({ contract }: AdvertisedChain, stop: AbortSignal): Promise<VerifiedBlock | Refusal> {
    for await (const received of this.upstream.blocks(contract, GENESIS_PAGE, stop)) {
      if (isRefusal(received)) return received;
      const nothing = { parent: undefined, books: undefined, nonceUsed: () => false };
      const genesis = await verifyBlockText(received, { contract, ...nothing }, this.signatures);
      return 'fault' in genesis ? refuse(genesis, received) : genesis;
    }
    throw new UpstreamUnreachable(`delivers no first block of the chain ${contract.name}`);
  }

  private announce(chains: readonly AdvertisedChain[]): void {
    const lines = chains.map(({ id, contract }) => `  ${contract.kind} chain ${contract.name}: ${id}`);
    const [token] = chains;
    this.logger.warn(
      `First contact: from now on this node follows these chains and no other, as ${this.upstream.url} showed them:\n` +
        `${lines.join('\n')}\n  producer: ${token?.contract.producer}\n` +
        'Compare them with what the producer publishes. To have a new follower take nothing else:\n' +
        `  CHAIN_ID=${token?.id} PRODUCER_PUBLIC_KEY=${token?.contract.producer}`,
    );
  }
}
