/**
 * Advances one chain by one step: compares it with the upstream, then pulls a page and stores its blocks, run by run.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { contentIn } from '../../chain/entry/entry.js';
import { isTransaction } from '../../chain/contract/kinds.js';
import { Logger } from '@nestjs/common';
import type { SealedHeader } from '../../chain/block/block.js';
import { hashHex, type Hash, type Signature } from '../../chain/bytes/bytes.js';
import { fault, isFault, shown, type Fault } from '../../chain/faults.js';
import { signatureOfHead } from '../../chain/note/checkpoint.js';
import { LIMIT_MAX } from '../../http/dto/page.dto.js';
import type { AdvertisedChain, Advertisement } from '../../ledger/advertisement.js';
import {
  isInformationStore,
  isTokenStore,
  type AnyChainStore,
  type TokenChainStore,
} from '../../ledger/chain-store.js';
import type { Cosignatures } from '../../ledger/cosignatures.js';
import { isAborted, withinMs, type Clock } from '../../ledger/clock.js';
import type { EntryEvent, NodeEvents } from '../../ledger/node-events.js';
import type { Chain, LedgerStore, NewBlock, NewEntry } from '../../ledger/store.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import { BlockRun, Overtaken } from './block-run.js';
import { compareChains, type Standing } from './compare.js';
import { EarlyEntries } from './early-entries.js';
import { WithheldContent } from './withheld-content.js';
import { withOtherCheckpoint, withOtherStory } from './other-story.js';
import { ShownCosignatures } from './shown-cosignatures.js';
import type { FollowerMetrics } from '../http/follower-metrics.js';
import type { PullingTurns } from '../loop/pulling-turns.js';
import { redacted } from '../upstream/redacted-evidence.js';
import { isRefusal, refuse, twoStories, type Refusal } from '../upstream/refusal.js';
import type { UpstreamStatus } from '../upstream/upstream-status.js';
import { UpstreamUnreachable } from '../upstream/upstream.js';
import type { Upstream } from '../upstream/upstream-port.js';

/** The target number of entries in a page, by the average of the missing blocks: a second of work. */
const PAGE_ENTRIES = 20_000;
/** If no block arrives for this long, those that have arrived are stored and served. */
const PAUSE_MS = 50;

export interface ChainSyncParts {
  readonly client: Upstream;
  readonly upstream: UpstreamStatus;
  readonly store: LedgerStore;
  readonly metrics: FollowerMetrics;
  readonly signatures: SignatureChecker;
  /** shared by all upstreams */
  readonly turns: PullingTurns;
  readonly events: NodeEvents;
  readonly cosignatures: Cosignatures;
  readonly clock: Clock;
}

/** An upstream's answer, and the chain's height at the time of the request. */
export interface Observation {
  readonly advertisement: Advertisement;
  readonly theirs: AdvertisedChain;
  readonly indexBefore: number;
}

export class ChainSync {
  /** blocks stored since the start */
  stored = 0;
  private readonly logger = new Logger('Follower');
  private readonly early = new Map<Hash, EarlyEntries>();

  private readonly cosignatures: ShownCosignatures;
  private readonly withheld: WithheldContent;

  constructor(private readonly parts: ChainSyncParts) {
    this.cosignatures = new ShownCosignatures(parts.upstream.url, parts.cosignatures);
    this.withheld = new WithheldContent(parts.client);
  }

  /**
   * Pulls at most one page, and nothing from an upstream that contradicts the verified chain.
   * @returns whether there is more to pull, or the upstream's fault
   * @throws UpstreamUnreachable, Unavailable, FatalError
   */
  async step(
    store: AnyChainStore,
    observed: Observation,
    stop: AbortSignal,
  ): Promise<'level' | 'more' | Refusal> {
    const advanced = await this.advance(store, observed, stop);
    const end =
      advanced === 'level' && isInformationStore(store)
        ? ((await this.withheld.check(store, observed.theirs, stop)) ?? advanced)
        : advanced;
    if (!isRefusal(end)) this.cosignatures.take(store, observed.theirs);
    return end;
  }

  private async advance(
    store: AnyChainStore,
    observed: Observation,
    stop: AbortSignal,
  ): Promise<'level' | 'more' | Refusal> {
    const standing = compare(store, observed);
    if (isFault(standing)) return refuseHead(standing, store, observed);
    if (standing !== 'ahead') return this.takeCheckpoint(store, observed) ?? 'level';
    const { upstream, turns } = this.parts;
    upstream.setLag(store.chain.id, observed.theirs.head.index - store.head().header.index);
    const endTurn = await turns.begin(store, stop);
    try {
      // Another upstream may have delivered the missing blocks meanwhile.
      return compare(store, observed) === 'ahead' ? await this.pull(store, observed, stop) : 'more';
    } catch (error) {
      if (error instanceof Overtaken) return 'more';
      throw error;
    } finally {
      endTurn();
    }
  }

  private async pull(
    store: AnyChainStore,
    observed: Observation,
    stop: AbortSignal,
  ): Promise<'level' | 'more' | Refusal> {
    const { theirs } = observed;
    const { header: head } = store.head();
    // First of all, so that nothing is pulled from an upstream whose checkpoint is wrong.
    const checkpoint = shownCheckpoint(store, observed);
    if (isRefusal(checkpoint)) return checkpoint;
    const refusal = await this.pullPage(store, head, { ...theirs, signature: checkpoint }, stop);
    if (refusal !== undefined) return withOtherStory(refusal, store, this.parts.client, theirs, stop);
    const reached = store.head().header.index;
    if (reached === head.index) {
      // Whether it can't or won't, this proves nothing, and polling again without a pause would not help.
      const advertised = `it advertises block ${theirs.head.index} of ${store.chain.name}`;
      throw new UpstreamUnreachable(`${advertised}, but delivers none after ${reached}`);
    }
    if (reached < theirs.head.index) return 'more';
    // After the block was announced and before the next one arrives, so that no block's commit has to do it.
    await nextTurn();
    this.parts.store.checkpoint();
    if (isTokenStore(store)) {
      const { id } = store.chain;
      this.earlyOf(store).expectBlock(this.parts.upstream.isFirstToken(id) ? undefined : id, stop);
    }
    return 'level';
  }

  private earlyOf(store: TokenChainStore): EarlyEntries {
    const { id } = store.chain;
    const { client, signatures, clock } = this.parts;
    const early = this.early.get(id) ?? new EarlyEntries(client, store, signatures, clock);
    this.early.set(id, early);
    return early;
  }

  /** Pulls a page, verifies each block, and stores the blocks run by run. */
  private async pullPage(
    store: AnyChainStore,
    from: SealedHeader,
    theirs: SignedChain,
    stop: AbortSignal,
  ): Promise<Refusal | undefined> {
    let left = pageBlocks(from, theirs.head);
    const run = this.newRun(store, theirs, stop);
    const page = { from: from.index + 1, limit: left, sizeBefore: () => run.header.treeSize };
    const { client, clock } = this.parts;
    const texts = client.blocks(theirs, page, stop);
    try {
      for await (const text of withPauses(clock, texts, PAUSE_MS)) {
        const refusal =
          text === undefined
            ? await run.store()
            : isRefusal(text)
              ? ((await run.store()) ?? (isInformationStore(store) ? redacted(text) : text))
              : await run.take(text, --left === 0);
        if (refusal !== undefined) return refusal;
      }
      return await run.store();
    } catch (error) {
      if (!(error instanceof UpstreamUnreachable) || isAborted(stop)) throw error;
      // The answer was cut off, but the blocks before that are complete.
      const refusal = await run.store();
      if (refusal !== undefined) return refusal;
      throw error;
    }
  }

  /** A chain that stood level before this node knew checkpoints, or its upstream did, gets its head's. */
  private takeCheckpoint(store: AnyChainStore, observed: Observation): Refusal | undefined {
    const { header } = store.head();
    if (
      header.hash !== observed.theirs.head.hash ||
      store.signedHead()?.header.treeSize === header.treeSize
    ) {
      return undefined;
    }
    const checkpoint = shownCheckpoint(store, observed);
    if (isRefusal(checkpoint)) return checkpoint;
    if (checkpoint !== undefined) store.keepCheckpoint(header.index, checkpoint);
    return undefined;
  }

  private newRun(store: AnyChainStore, { head, signature }: SignedChain, stop: AbortSignal): BlockRun {
    const { chain } = store;
    const { signatures, upstream, clock } = this.parts;
    return new BlockRun({
      clock,
      store,
      signatures,
      early: async (text, parent) => this.early.get(chain.id)?.take(text, parent),
      shown: head,
      shownCheckpoint: signature,
      beforeCommit: () => {
        if (stop.aborted) throw new UpstreamUnreachable('this node is stopping');
      },
      onStored: ({ block, seconds }) => {
        upstream.setLag(chain.id, Math.max(0, head.index - block.header.index));
        this.announce(chain.name, block, seconds);
        this.emit(chain, block);
      },
    });
  }

  private emit(chain: Chain, { header, entries }: NewBlock): void {
    const { events } = this.parts;
    if (events.hasListeners) for (const entry of entries) events.emit(entryEvent(chain, entry));
    events.emit({ type: 'block', chain, header });
  }

  private announce(chain: string, { header, entries }: NewBlock, seconds: number): void {
    this.stored++;
    this.parts.metrics.verified(chain, entries.length, seconds);
    this.logger.debug(`${chain} block ${header.index} verified and stored, ${entries.length} entries`);
  }
}

/** A chain as the upstream shows it, with the producer's signature over its head's checkpoint where it shows one. */
type SignedChain = AdvertisedChain & { readonly signature: Signature | undefined };

/** The producer's signature in the checkpoint that the upstream shows with its head. */
function shownCheckpoint(
  store: AnyChainStore,
  { advertisement, theirs }: Observation,
): Signature | Refusal | undefined {
  const { checkpoint, head, contract } = theirs;
  if (checkpoint === undefined) return undefined;
  const signature = signatureOfHead(checkpoint, head, contract.producer);
  if (typeof signature === 'string') return signature;
  const found = shown(checkpoint);
  const wrong = { index: head.index, field: 'checkpoint', expected: signature.expected, found };
  return withOtherCheckpoint(refuse(fault('MALFORMED', wrong), advertisement.text), store, checkpoint);
}

function compare(
  store: AnyChainStore,
  { advertisement, theirs, indexBefore }: Observation,
): Standing | Fault {
  const { chain } = store;
  const hashAt = (index: number): Hash | undefined => store.header(index)?.hash;
  return compareChains({ chain, head: store.head().header, indexBefore, hashAt }, theirs, advertisement.role);
}

/** If the advertised head differs from the verified block, the evidence convicts the producer, if it signed both. */
function refuseHead(fault: Fault, store: AnyChainStore, { advertisement, theirs }: Observation): Refusal {
  const refusal = refuse(fault, advertisement.text);
  const verified = store.header(theirs.head.index);
  if (fault.fault !== 'FORKED' || verified === undefined) return refusal;
  const text = twoStories(store.chain.contract, verified, theirs.head);
  return text === undefined ? refusal : { fault, evidence: { ...refusal.evidence, text }, isProducers: true };
}

/** Yields the items as they arrive, and undefined whenever none has arrived for `ms`. */
async function* withPauses<T>(
  clock: Clock,
  items: AsyncGenerator<T, void, void>,
  ms: number,
): AsyncGenerator<T | undefined, void, void> {
  try {
    for (;;) {
      const next = items.next();
      if ((await withinMs(clock, next, ms)) === undefined) yield undefined;
      const item = await next;
      if (item.done === true) return;
      yield item.value;
    }
  } finally {
    await items.return();
  }
}

function entryEvent(chain: Chain, { entry, sequence, block, counterparty }: NewEntry): EntryEvent {
  const { leafText } = entry;
  return {
    type: 'entry',
    chain,
    entry: { sequence, block, id: hashHex(entry.id), leafText, content: contentIn(entry) },
    addresses: isTransaction(entry) ? [entry.transaction.sender, counterparty as string] : [],
  };
}

/** The number of blocks to request: no more than advertised, and about a page's worth of entries. */
export function pageBlocks(from: SealedHeader, shown: SealedHeader): number {
  const blocks = shown.index - from.index;
  const entriesPerBlock = Math.max(1, (shown.treeSize - from.treeSize) / blocks);
  return Math.min(blocks, Math.ceil(PAGE_ENTRIES / entriesPerBlock), LIMIT_MAX);
}
