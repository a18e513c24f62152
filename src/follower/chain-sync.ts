/** One step along one chain: compare with the upstream, then pull a page and make its blocks ours, run by run. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { SealedHeader } from '../chain/block.js';
import { hashHex } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import type { Fault } from '../chain/faults.js';
import { LIMIT_MAX } from '../http/dto/page.dto.js';
import type { EntryEvent, NodeEvents } from '../ledger/node-events.js';
import type { Chain, LedgerStore, NewBlock, NewEntry } from '../ledger/store.js';
import type { AdvertisedChain, Advertisement } from '../ledger/advertisement.js';
import { BlockRun } from './block-run.js';
import { compareChains } from './compare.js';
import type { EarlyEntries } from './early-entries.js';
import type { FollowerMetrics } from './follower-metrics.js';
import type { FollowerStatus } from './follower-status.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { isRefusal, refuse, twoHeaders, type Refusal } from './refusal.js';
import { UpstreamUnreachable, type UpstreamClient } from './upstream.js';
import { withinMs } from './within-ms.js';
import { isAborted } from './world.js';

/** Entries that a page should have, by the average of those that are missing: a second of work. */
const PAGE_ENTRIES = 20_000;
/** When no block comes for so long, those that came are stored, and shown. */
const PAUSE_MS = 50;

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
    private readonly early: EarlyEntries,
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
    if (typeof standing !== 'string') return this.refuseHead(standing, kind, theirs, advertisement.text);
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
    if (reached < theirs.head.index) return 'more';
    // After the block was told of, and before the next one comes: no commit of a block has to do it.
    await nextTurn();
    this.store.checkpoint();
    if (kind === 'token') this.early.expectBlock(chain, stop);
    return 'level';
  }

  /** Where the head is another than the block that was verified, both halves of the proof are kept. */
  private refuseHead(
    fault: Fault,
    kind: ChainKind,
    theirs: AdvertisedChain | undefined,
    text: string,
  ): Refusal {
    const verified = theirs === undefined ? undefined : this.store.header(kind, theirs.head.index);
    if (fault.fault !== 'FORKED' || theirs === undefined || verified === undefined)
      return refuse(fault, text);
    return {
      fault,
      evidence: {
        ...refuse(fault, text).evidence,
        text: twoHeaders('verified', verified, 'shown', theirs.head),
      },
    };
  }

  /**
   * Pulls a page, verifies each block, stores them run by run.
   * @param shown the upstream's head
   */
  private async pullPage(
    chain: Chain,
    from: SealedHeader,
    shown: SealedHeader,
    stop: AbortSignal,
  ): Promise<Refusal | undefined> {
    const { contract } = chain;
    let left = pageBlocks(from, shown);
    const run = this.newRun(chain, shown, stop);
    const page = { from: from.index + 1, limit: left, sizeBefore: () => run.header.treeSize };
    const texts = this.upstream.blocks(contract, page, stop);
    try {
      for await (const text of withPauses(texts, PAUSE_MS)) {
        const refusal =
          text === undefined
            ? await run.store()
            : isRefusal(text)
              ? ((await run.store()) ?? text)
              : await run.take(text, --left === 0);
        if (refusal !== undefined) return refusal;
      }
      return await run.store();
    } catch (error) {
      if (!(error instanceof UpstreamUnreachable) || isAborted(stop)) throw error;
      // Cut off: what came before is whole.
      const refusal = await run.store();
      if (refusal !== undefined) return refusal;
      throw error;
    }
  }

  private newRun(chain: Chain, shown: SealedHeader, stop: AbortSignal): BlockRun {
    const { contract } = chain;
    const { store, signatures } = this;
    return new BlockRun({
      contract,
      store,
      signatures,
      early: async (text, parent) => (contract.kind === 'token' ? this.early.take(text, parent) : undefined),
      shown,
      beforeCommit: () => {
        if (stop.aborted) throw new UpstreamUnreachable('this node is stopping');
      },
      onStored: ({ block, seconds }) => {
        this.status.setLag(contract.kind, Math.max(0, shown.index - block.header.index));
        this.announce(contract.name, block, seconds);
        this.tell(chain, block);
      },
    });
  }

  private tell(chain: Chain, { header, entries }: NewBlock): void {
    if (!this.events.hasListeners) return;
    for (const entry of entries) this.events.emit(entryEvent(chain, entry));
    this.events.emit({ type: 'block', chain, header });
  }

  private announce(chain: string, { header, entries }: NewBlock, seconds: number): void {
    this.stored++;
    this.metrics.verified(chain, entries.length, seconds);
    this.logger.debug(`${chain} block ${header.index} verified and stored, ${entries.length} entries`);
  }
}

/** The items as they come, and undefined whenever none has come for so long. */
async function* withPauses<T>(
  items: AsyncGenerator<T, void, void>,
  ms: number,
): AsyncGenerator<T | undefined, void, void> {
  try {
    for (;;) {
      const next = items.next();
      if ((await withinMs(next, ms)) === undefined) yield undefined;
      const item = await next;
      if (item.done === true) return;
      yield item.value;
    }
  } finally {
    await items.return();
  }
}

function entryEvent(chain: Chain, { entry, sequence, block, counterparty }: NewEntry): EntryEvent {
  const content = entry.kind === 'information' ? entry.content : undefined;
  const { leafText } = entry;
  return {
    type: 'entry',
    chain,
    entry: { sequence, block, id: hashHex(entry.id), leafText, content },
    addresses: entry.kind === 'token' ? [entry.transaction.sender, counterparty as string] : [],
  };
}

/** Blocks to ask for: no more than are shown, and so many that their entries are about a page's. */
export function pageBlocks(from: SealedHeader, shown: SealedHeader): number {
  const blocks = shown.index - from.index;
  const entriesPerBlock = Math.max(1, (shown.treeSize - from.treeSize) / blocks);
  return Math.min(blocks, Math.ceil(PAGE_ENTRIES / entriesPerBlock), LIMIT_MAX);
}
