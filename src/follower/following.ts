/** Following an upstream: rounds without a timer, each of which ends level with it, out of its reach, or at its fault. */
import { Logger } from '@nestjs/common';
import type { ChainKind } from '../chain/contract.js';
import { Unavailable } from '../ledger/errors.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Advertisement } from '../ledger/advertisement.js';
import { backoffMs } from './backoff.js';
import type { ChainSync } from './chain-sync.js';
import type { FaultReporter } from './fault-reporter.js';
import type { FirstContact } from './first-contact.js';
import type { FollowerStatus } from './follower-status.js';
import { CHAIN_KINDS } from './pins.js';
import { isRefusal, type Refusal } from './refusal.js';
import { NotANode, UpstreamUnreachable, type UpstreamClient } from './upstream.js';
import { isAborted, type World } from './world.js';

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
  readonly sync: ChainSync;
  readonly faults: FaultReporter;
  readonly status: FollowerStatus;
  readonly world: World;
}

/** `over`: level, or nothing to go on with; `lost`: the upstream is out of reach. */
type PassEnd = 'over' | 'more' | 'lost';

export class Following {
  private readonly logger = new Logger('Follower');
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
    const { sync, world } = this.parts;
    const level = new Set<ChainKind>();
    for (let failures = 0; !this.isOver && !isAborted(stop);) {
      const storedBefore = sync.stored;
      const end = await this.pass(level, stop);
      if (end === 'over') break;
      if (end === 'more' || sync.stored > storedBefore) failures = 0;
      if (end === 'more') continue;
      if (failures >= retriesMax || isAborted(hurry)) break;
      await world.sleep(backoffMs(failures++, world.random()), hurry);
      if (isAborted(hurry)) break;
    }
    return level;
  }

  private async pass(level: Set<ChainKind>, stop: AbortSignal): Promise<PassEnd> {
    const { status } = this.parts;
    level.clear();
    try {
      const hasMore = await this.tryPass(level, stop);
      if (level.size > 0) this.recovered();
      return hasMore ? 'more' : 'over';
    } catch (error) {
      if (error instanceof Unavailable) {
        status.storeFailed(error.message);
        this.complain(error.message);
        return 'over';
      }
      if (!(error instanceof UpstreamUnreachable)) throw error;
      if (isAborted(stop)) return 'over';
      status.failed(error.message);
      this.complain(status.sentence(error.message));
      return 'lost';
    }
  }

  /**
   * Asks for the heads, then takes a step along each chain; the chains don't wait for each other.
   * @returns whether there is more to pull
   */
  private async tryPass(level: Set<ChainKind>, stop: AbortSignal): Promise<boolean> {
    const { store, faults, firstContact } = this.parts;
    const advertisement = await this.look(stop);
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
    return this.stepAll(advertisement, level, stop);
  }

  /**
   * What the upstream says of itself.
   * @throws UpstreamUnreachable
   */
  private async look(stop: AbortSignal): Promise<Advertisement | Refusal> {
    const { upstream, status } = this.parts;
    try {
      const answer = await upstream.advertisement(stop);
      // Before the first contact nothing says that it ever was a node.
      if (isRefusal(answer) && !status.hasChains) throw new NotANode(`GET /chains: ${answer.fault.message}`);
      status.answered();
      return answer;
    } catch (error) {
      if (error instanceof UpstreamUnreachable && !isAborted(stop)) {
        status.away(error instanceof NotANode ? 'not_a_node' : 'unreachable');
      }
      throw error;
    }
  }

  private async stepAll(
    advertisement: Advertisement,
    level: Set<ChainKind>,
    stop: AbortSignal,
  ): Promise<boolean> {
    const { store, faults, status, sync } = this.parts;
    const followed = store.chains().filter(({ contract }) => !status.isStopped(contract.kind));
    const steps = followed.map(async (chain) => {
      const { kind, name } = chain.contract;
      const end = await sync.step(chain, advertisement, stop);
      if (isRefusal(end)) await faults.report([kind], name, end);
      if (end !== 'level') return end === 'more';
      level.add(kind);
      status.level(kind);
      return false;
    });
    const ends = await Promise.allSettled(steps);
    throwWorst(ends);
    return ends.some((end) => end.status === 'fulfilled' && end.value);
  }

  private complain(complaint: string): void {
    if (this.complaint === complaint) return;
    this.complaint = complaint;
    const served = this.parts.status.hasChains
      ? 'the last good state is served on'
      : 'nothing has been pulled yet, so there is nothing to serve';
    this.logger.warn(`${complaint}; ${served}`);
  }

  private recovered(): void {
    if (this.complaint === undefined) return;
    this.complaint = undefined;
    this.logger.log(`the upstream ${this.parts.upstream.url} is followed again`);
  }
}

/** Our own failure before one of the upstream: what stops the process before what stops the round. */
function throwWorst(ends: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const rank = (reason: unknown): number =>
    reason instanceof UpstreamUnreachable ? 0 : reason instanceof Unavailable ? 1 : 2;
  const [worst] = reasons.sort((a, b) => rank(b) - rank(a));
  if (worst !== undefined) throw worst as Error;
}
