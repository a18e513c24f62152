/** One step along one chain: compare with the upstream, then pull a page and make every block of it ours, or none. */
import { Logger } from '@nestjs/common';
import type { SealedHeader } from '../chain/block.js';
import { toHex } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import type { VerifiedBlock } from '../chain/verify-block.js';
import { LIMIT_MAX } from '../http/dto/page.dto.js';
import type { EntryEvent, NodeEvents } from '../ledger/node-events.js';
import type { Chain, LedgerStore, NewBlock, NewEntry } from '../ledger/store.js';
import type { Advertisement } from '../ledger/advertisement.js';
import { compareChains, contradicts } from './compare.js';
import type { FollowerMetrics } from './follower-metrics.js';
import type { FollowerStatus } from './follower-status.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { newBlock } from './new-block.js';
import { isRefusal, refuse, type Refusal } from './refusal.js';
import { UpstreamUnreachable, type UpstreamClient } from './upstream.js';
import { verifyBlockText } from './verify-text.js';

/** Entries that a page should have, by the average of those that are missing: a second of work. */
const PAGE_ENTRIES = 20_000;

export class ChainSync {
  /** blocks stored since the start */
  stored = 0;
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: UpstreamClient,
    private readonly store: LedgerStore,
    private readonly status: FollowerStatus,
    private readonly metrics: FollowerMetrics,
    private readonly signatures: SignatureChecker,
    private readonly events: NodeEvents,
  ) {}

  /**
   * Pulls at most one page, and nothing from an upstream that contradicts what was verified before.
   * @returns whether there is more to pull, or the upstream's fault
   * @throws UpstreamUnreachable, Unavailable, FatalError
   */
  async step(
    chain: Chain,
    advertisement: Advertisement,
    stop: AbortSignal,
  ): Promise<'level' | 'more' | Refusal> {
    const { kind, name } = chain.contract;
    const { header: head } = this.store.head(kind);
    const theirs = advertisement.chains.get(kind);
    if (theirs !== undefined && 'fault' in theirs) return refuse(theirs, advertisement.text);
    const ours = { chain, head, hashAt: (index: number) => this.store.header(kind, index)?.hash };
    const standing = compareChains(ours, theirs, advertisement.role);
    if (typeof standing !== 'string') return refuse(standing, advertisement.text);
    if (standing !== 'ahead' || theirs === undefined) return 'level';

    this.status.setLag(kind, theirs.head.index - head.index);
    const refusal = await this.pullPage(chain, head, theirs.head, stop);
    if (refusal !== undefined) return refusal;
    const reached = this.store.head(kind).header.index;
    if (reached === head.index) {
      // Perhaps it can't, perhaps it won't: not a proof of anything, and no reason to ask without a pause.
      const { index } = theirs.head;
      throw new UpstreamUnreachable(`it shows block ${index} of ${name}, but delivers none after ${reached}`);
    }
    return reached < theirs.head.index ? 'more' : 'level';
  }

  /**
   * Block by block: load, fetch, verify, commit, announce.
   * @param shown the upstream's head
   */
  private async pullPage(
    { contract }: Chain,
    from: SealedHeader,
    shown: SealedHeader,
    stop: AbortSignal,
  ): Promise<Refusal | undefined> {
    const { store } = this;
    const { kind } = contract;
    const nonceUsed = (sender: string, nonce: string): boolean =>
      store.entryByNonce(kind, sender, nonce) !== undefined;

    const texts = this.upstream.blocks(contract, from.index + 1, pageBlocks(from, shown), stop);
    for await (const text of texts) {
      if (isRefusal(text)) return text;
      const started = performance.now();
      const parent = store.head(kind);
      const books = kind === 'token' ? store.books : undefined;
      const block = await verifyBlockText(text, { contract, parent, nonceUsed, books }, this.signatures);
      if ('fault' in block) return refuse(block, text);
      const fork = contradicts(shown, block.header);
      if (fork !== undefined) return refuse(fork, text);
      const seconds = (performance.now() - started) / 1000;
      if (stop.aborted) throw new UpstreamUnreachable('this node is stopping');

      // A crash before this commit leaves the parent as the head, and the block is pulled again; a crash after it
      // leaves the block whole: entries, books and head move together.
      const stored = newBlock(block);
      store.append(kind, parent.header.hash, stored);
      this.status.setLag(kind, Math.max(0, shown.index - block.header.index));
      this.announce(contract.name, block, seconds);
      this.tell(kind, stored);
    }
    return undefined;
  }

  private tell(kind: ChainKind, { header, entries }: NewBlock): void {
    if (!this.events.hasListeners) return;
    for (const entry of entries) this.events.emit(entryEvent(kind, entry));
    this.events.emit({ type: 'block', kind, header });
  }

  private announce(chain: string, { header, entries }: VerifiedBlock, seconds: number): void {
    this.stored++;
    this.metrics.verified(chain, entries.length, seconds);
    this.logger.debug(`${chain} block ${header.index} verified and stored, ${entries.length} entries`);
  }
}

function entryEvent(kind: ChainKind, { entry, sequence, block, counterparty }: NewEntry): EntryEvent {
  const content = entry.kind === 'information' ? entry.content : undefined;
  const { leafText } = entry;
  return {
    type: 'entry',
    kind,
    entry: { sequence, block, id: toHex(entry.id), leafText, content },
    addresses: entry.kind === 'token' ? [entry.transaction.sender, counterparty as string] : [],
  };
}

/** Blocks to ask for: no more than are shown, and so many that their entries are about a page's. */
export function pageBlocks(from: SealedHeader, shown: SealedHeader): number {
  const blocks = shown.index - from.index;
  const entriesPerBlock = Math.max(1, (shown.treeSize - from.treeSize) / blocks);
  return Math.min(blocks, Math.ceil(PAGE_ENTRIES / entriesPerBlock), LIMIT_MAX);
}
