/** Following an upstream: steps without a timer, each of which compares, pulls, verifies and stores. */
import { Logger } from '@nestjs/common';
import type { SealedHeader } from '../chain/block.js';
import type { ChainKind } from '../chain/contract.js';
import { LIMIT_MAX } from '../http/dto/page.dto.js';
import { Unavailable } from '../ledger/errors.js';
import type { Chain, LedgerStore } from '../ledger/store.js';
import type { Advertisement } from './advertisement.js';
import { backoffMs } from './backoff.js';
import { compareChains, contradicts } from './compare.js';
import type { FaultReporter } from './fault-reporter.js';
import type { FirstContact } from './first-contact.js';
import type { FollowerMetrics } from './follower-metrics.js';
import type { FollowerStatus } from './follower-status.js';
import { newBlock } from './new-block.js';
import { CHAIN_KINDS } from './pins.js';
import { isRefusal, refuse, type Refusal } from './refusal.js';
import { UpstreamUnreachable, type UpstreamClient } from './upstream.js';
import { verifyBlockText } from './verify-text.js';
import type { World } from './world.js';

/** Entries that a page should have, by the average of those that are missing: a second of work. */
const PAGE_ENTRIES = 20_000;

export interface Round {
  /** further tries when the upstream can't be reached */
  readonly retriesMax: number;
  /** ends the round as soon as nothing is half done */
  readonly stop: AbortSignal;
  /** somebody waits: no more tries */
  readonly hurry: AbortSignal;
}

interface Parts {
  readonly upstream: UpstreamClient;
  readonly store: LedgerStore;
  readonly firstContact: FirstContact;
  readonly faults: FaultReporter;
  readonly status: FollowerStatus;
  readonly metrics: FollowerMetrics;
  readonly world: World;
}

export class Following {
  private readonly logger = new Logger('Follower');
  /** blocks stored since the start */
  private stored = 0;
  /** the last trouble that was logged, to say each only once */
  private complaint: string | undefined;

  constructor(private readonly parts: Parts) {}

  /** Whether both chains are stopped by faults: there is nothing to follow until the next start. */
  get isOver(): boolean {
    return CHAIN_KINDS.every((kind) => this.parts.status.isStopped(kind));
  }

  /**
   * Pulls until level with the upstream, page after page. Tries again where the upstream can't be reached, never
   * where it is at fault.
   * @returns the chains that ended level with it
   * @throws FatalError
   */
  async round({ retriesMax, stop, hurry }: Round): Promise<ReadonlySet<ChainKind>> {
    const { status, world } = this.parts;
    const level = new Set<ChainKind>();
    for (let failures = 0; !this.isOver && !stop.aborted;) {
      const storedBefore = this.stored;
      try {
        const more = await this.pass(level, stop);
        if (level.size > 0) this.recovered();
        if (!more) break;
        failures = 0;
      } catch (error) {
        if (stop.aborted && error instanceof UpstreamUnreachable) break;
        if (error instanceof Unavailable) {
          status.storeFailed(error.message);
          this.complain(error.message);
          break;
        }
        if (!(error instanceof UpstreamUnreachable)) throw error;
        status.unreachable(error.message);
        this.complain(`the upstream ${this.parts.upstream.url} is out of reach: ${error.message}`);
        if (this.stored > storedBefore) failures = 0;
        if (failures >= retriesMax || hurry.aborted) break;
        await world.sleep(backoffMs(failures++, world.random()), hurry);
        if (hurry.aborted) break;
      }
    }
    return level;
  }

  /**
   * Asks for the heads and pulls one page of each chain that is behind; the chains don't wait for each other.
   * @returns whether there is more to pull
   */
  private async pass(level: Set<ChainKind>, stop: AbortSignal): Promise<boolean> {
    const { upstream, store, firstContact, faults, status } = this.parts;
    level.clear();
    const advertisement = await upstream.advertisement(stop);
    if (isRefusal(advertisement)) {
      await faults.report(CHAIN_KINDS, '', advertisement);
      return false;
    }
    if (advertisement.chains.size === 0 && advertisement.role === 'follower') {
      throw new UpstreamUnreachable('it is a follower that has no chains yet');
    }
    if (store.chains().length === 0) {
      const refusal = await firstContact.make(advertisement, stop);
      if (refusal !== undefined) {
        await faults.report(CHAIN_KINDS, '', refusal);
        return false;
      }
    }
    const chains = store.chains().filter(({ contract }) => !status.isStopped(contract.kind));
    const ends = await Promise.allSettled(chains.map((chain) => this.syncChain(chain, advertisement, stop)));
    ends.forEach((end, place) => {
      const kind = chains[place]?.contract.kind;
      if (kind === undefined || end.status === 'rejected' || end.value !== 'level') return;
      level.add(kind);
      status.level(kind);
    });
    throwWorst(ends);
    return ends.some((end) => end.status === 'fulfilled' && end.value === 'more');
  }

  /** Compares one chain and pulls at most one page of it. */
  private async syncChain(
    chain: Chain,
    advertisement: Advertisement,
    stop: AbortSignal,
  ): Promise<'level' | 'more' | 'at fault'> {
    const { store, faults, status } = this.parts;
    const { kind, name } = chain.contract;
    const { header: head } = store.head(kind);
    const theirs = advertisement.chains.get(kind);
    const standing =
      theirs !== undefined && 'fault' in theirs
        ? theirs
        : compareChains(
            { chain, head, hashAt: (index) => store.header(kind, index)?.hash },
            theirs,
            advertisement.role,
          );
    if (typeof standing !== 'string') {
      await faults.report([kind], name, refuse(standing, advertisement.text));
      return 'at fault';
    }
    if (standing !== 'ahead' || theirs === undefined || 'fault' in theirs) return 'level';

    const refusal = await this.pullPage(chain, head, theirs.head, stop);
    if (refusal !== undefined) {
      await faults.report([kind], name, refusal);
      return 'at fault';
    }
    const reached = store.head(kind).header.index;
    if (reached === head.index) {
      // Perhaps it can't, perhaps it won't: not a proof of anything, and no reason to ask without a pause.
      const { index } = theirs.head;
      throw new UpstreamUnreachable(`it shows block ${index} of ${name}, but delivers none after ${reached}`);
    }
    return reached < theirs.head.index ? 'more' : 'level';
  }

  /** Block by block: load, fetch, verify, commit, announce. */
  private async pullPage(
    { contract }: Chain,
    from: SealedHeader,
    shown: SealedHeader,
    stop: AbortSignal,
  ): Promise<Refusal | undefined> {
    const { upstream, store } = this.parts;
    const { kind } = contract;
    const nonceUsed = (sender: string, nonce: string): boolean =>
      store.entryByNonce(kind, sender, nonce) !== undefined;
    this.parts.status.setLag(kind, shown.index - from.index);

    const texts = upstream.blocks(contract, from.index + 1, pageBlocks(from, shown), stop);
    for await (const text of texts) {
      if (isRefusal(text)) return text;
      const started = performance.now();
      const parent = store.head(kind);
      const block = await verifyBlockText(text, { contract, parent, nonceUsed });
      if ('fault' in block) return refuse(block, text);
      const fork = contradicts(shown, block.header);
      if (fork !== undefined) return refuse(fork, text);
      const seconds = (performance.now() - started) / 1000;
      if (stop.aborted) throw new UpstreamUnreachable('this node is stopping');

      // A crash before this commit leaves the parent as the head, and the block is pulled again; a crash after it
      // leaves the block whole: entries, wallets and head move together.
      store.append(kind, parent.header.hash, newBlock(block, contract, store));
      this.announce(contract.name, kind, block.header, block.entries.length, seconds, shown);
    }
    return undefined;
  }

  private announce(
    chain: string,
    kind: ChainKind,
    header: SealedHeader,
    entries: number,
    seconds: number,
    shown: SealedHeader,
  ): void {
    this.stored++;
    this.parts.metrics.verified(chain, entries, seconds);
    this.parts.status.setLag(kind, Math.max(0, shown.index - header.index));
    this.logger.debug(`${chain} block ${header.index} verified and stored, ${entries} entries`);
  }

  private complain(complaint: string): void {
    if (this.complaint === complaint) return;
    this.complaint = complaint;
    this.logger.warn(`${complaint}; the last good state is served on`);
  }

  private recovered(): void {
    if (this.complaint === undefined) return;
    this.complaint = undefined;
    this.logger.log(`the upstream ${this.parts.upstream.url} is followed again`);
  }
}

/** Blocks to ask for: no more than are shown, and so many that their entries are about a page's. */
export function pageBlocks(from: SealedHeader, shown: SealedHeader): number {
  const blocks = shown.index - from.index;
  const entriesPerBlock = Math.max(1, (shown.treeSize - from.treeSize) / blocks);
  const wanted = Math.ceil(PAGE_ENTRIES / entriesPerBlock);
  return Math.max(1, Math.min(blocks, wanted, LIMIT_MAX));
}

/** A failure of ours before one of the upstream. */
function throwWorst(ends: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const worst =
    reasons.find((reason) => !(reason instanceof UpstreamUnreachable || reason instanceof Unavailable)) ??
    reasons.find((reason) => reason instanceof Unavailable) ??
    reasons[0];
  if (worst !== undefined) throw worst as Error;
}
