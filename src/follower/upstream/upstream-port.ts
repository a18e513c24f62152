/** The port to an upstream: a node, or static files that a node wrote. Nothing that it delivers is trusted. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { InformationContent } from '../../chain/entry/entry.js';
import type { Fields } from '../../chain/bytes/fields.js';
import type { AdvertisedChain, Advertisement } from '../../ledger/advertisement.js';
import type { Refusal } from './refusal.js';

/** A chain that an upstream serves. */
export type ServedChain = Pick<AdvertisedChain, 'id' | 'name' | 'contract'>;

/** The blocks to request. */
export interface Page {
  /** index of the first one */
  readonly from: number;
  readonly limit: number;
  /** the tree size of the last verified block, before the next one to arrive */
  readonly sizeBefore: () => number;
}

/** Every method rejects with UpstreamUnreachable where the upstream can't be asked, or not now. */
export interface Upstream {
  readonly url: string;
  /** The upstream's role, chains, contracts and heads. */
  advertisement(stop: AbortSignal): Promise<Advertisement | Refusal>;
  /**
   * Yields the texts of the blocks from index `from` on, at most `limit`, as they arrive; a refusal is the last item.
   * None is longer than a valid block, nor longer than 16 MiB unless the producer signed its header.
   */
  blocks(chain: ServedChain, page: Page, stop: AbortSignal): AsyncGenerator<string | Refusal, void, void>;
  /**
   * The content of an information record; undefined where the upstream shows it without content, or none that is
   * well-formed. Whether it is the record's is not checked.
   */
  content(
    chain: ServedChain,
    record: { readonly id: Hash; readonly sequence: number },
    stop: AbortSignal,
  ): Promise<InformationContent | undefined>;
  /**
   * The transactions that a producer reports as pending for block `index`, from a sequence on, in order, in their wire
   * form; there may be more.
   * @param chain undefined: the upstream's first token chain
   */
  pending(index: number, from: number, stop: AbortSignal, chain?: Hash): Promise<Iterable<Fields>>;
}
