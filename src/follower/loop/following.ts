/**
 * Follows one upstream in rounds, without a timer. A round ends level with the upstream, or finds it unreachable or at
 * fault.
 */
import { Logger } from '@nestjs/common';
import { GENESIS_INDEX } from '../../chain/block/block.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Advertisement } from '../../ledger/advertisement.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { isAborted, sleep, type Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';
import { LIST_LIMIT } from '../../ledger/list-size.js';
import type { Chain } from '../../ledger/store.js';
import { backoffMs } from '../../peer/backoff.js';
import type { ChainSync, Observation } from '../take/chain-sync.js';
import { replacedChain } from '../take/compare.js';
import type { FaultReporter } from '../upstream/fault-reporter.js';
import type { FirstContact } from '../take/first-contact.js';
import type { FirstTurns } from './first-turns.js';
import type { MissingLog } from './missing-log.js';
import type { FollowedChains, Selection } from '../take/followed-chains.js';
import type { FollowerStatus } from '../http/follower-status.js';
import { pinMismatch, type Pins } from '../take/pins.js';
import { isRefusal, refuse, type Refusal } from '../upstream/refusal.js';
import { someOf, type UpstreamStatus } from '../upstream/upstream-status.js';
import { NotANode, UpstreamUnreachable } from '../upstream/upstream.js';
import type { Upstream } from '../upstream/upstream-port.js';

export interface Round {
  /** retries if the upstream can't be reached */
  readonly retriesMax: number;
  /** ends the round as soon as nothing is half finished */
  readonly stop: AbortSignal;
  /** aborted when a caller is waiting: no more retries */
  readonly hurry: AbortSignal;
}

export interface FollowingParts {
  readonly client: Upstream;
  readonly upstream: UpstreamStatus;
  /** the upstream's position in PRODUCER_URL, from 0 */
  readonly place: number;
  readonly firstTurns: FirstTurns;
  readonly missing: MissingLog;
  readonly chains: FollowedChains;
  readonly pins: Pins;
  readonly chainsMax: number;
  readonly firstContact: FirstContact;
  readonly sync: ChainSync;
  readonly faults: FaultReporter;
  readonly status: FollowerStatus;
  readonly clock: Clock;
}

/** `over`: level, or nothing to continue with; `lost`: the upstream is unreachable. */
type PassEnd = 'over' | 'more' | 'lost';

/** The maximum number of chains pulled concurrently: each has a page in memory. */
const CHAINS_AT_ONCE = 8;
/** The maximum number of faulty items of an upstream's list that are reported. */
const ITEMS_REPORTED_MAX = 16;

export class Following {
  private readonly logger = new Logger('Follower');
  /** the last complaint that was logged, so that each is logged only once */
  private complaint: string | undefined;
  /** faulty items that were already reported */
  private readonly reported = new Set<string>();
  /** chains that the upstream must have but does not list, each logged once */
  private readonly missing = new Set<Hash>();

  constructor(private readonly parts: FollowingParts) {}

  /** Whether nothing more of the upstream will be followed until the next start. */
  get isOver(): boolean {
    const { chains, status, upstream } = this.parts;
    if (upstream.fault !== undefined) return true;
    const ids = [...chains.stores.map(({ chain }) => chain.id), ...upstream.stopped.keys()];
    const concerned = ids.filter((id) => status.mustHave(id, upstream));
    return (
      concerned.length > 0 &&
      concerned.every((id) => status.isStopped(id, upstream)) &&
      !upstream.showsMoreThan(concerned)
    );
  }

  /**
   * Pulls page after page until level with the upstream. Retries if the upstream can't be reached, but never if it is
   * at fault.
   * @returns the chains that ended level with it
   * @throws FatalError
   */
  async round({ retriesMax, stop, hurry }: Round): Promise<ReadonlySet<Hash>> {
    const { sync, clock, client } = this.parts;
    const level = new Set<Hash>();
    for (let failures = 0; !this.isOver && !isAborted(stop);) {
      const storedBefore = sync.stored;
      const end = await this.pass(level, stop);
      if (end === 'over') break;
      if (end === 'more' || sync.stored > storedBefore) failures = 0;
      if (end === 'more') continue;
      if (failures >= retriesMax || isAborted(hurry)) break;
      await sleep(clock, backoffMs(failures++, clock.random()), `retry:${client.url}`, hurry);
      if (isAborted(hurry)) break;
    }
    return level;
  }

  private async pass(level: Set<Hash>, stop: AbortSignal): Promise<PassEnd> {
    const { status, upstream } = this.parts;
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
      upstream.failed(error.message);
      this.complain(upstream.sentence(error.message));
      return 'lost';
    } finally {
      if (!isAborted(stop)) this.parts.missing.update();
    }
  }

  /**
   * Requests the heads, then advances each chain by one step; the chains don't wait for each other.
   * @returns whether there is more to pull
   */
  private async tryPass(level: Set<Hash>, stop: AbortSignal): Promise<boolean> {
    const { chains, firstTurns, place } = this.parts;
    const before = new Map(chains.stores.map((store) => [store.chain.id, store.head().header.index]));
    try {
      const advertisement = await this.poll(stop);
      if (advertisement === undefined) return false;
      await this.reportItems(advertisement);
      await this.reportMissing(advertisement);
      if (!(await this.beginChains(advertisement, stop))) return false;
      firstTurns.markTried(place);
      return await this.stepAll(advertisement, before, level, stop);
    } finally {
      firstTurns.markTried(place);
    }
  }

  /**
   * Fetches the upstream's advertisement; undefined if that is at fault.
   * @throws UpstreamUnreachable
   */
  private async poll(stop: AbortSignal): Promise<Advertisement | undefined> {
    const { upstream, faults } = this.parts;
    const answer = await this.ask(stop);
    if (isRefusal(answer)) {
      await faults.report({ of: 'upstream' }, answer);
      return undefined;
    }
    upstream.answered(answer);
    if (answer.chains.length === 0 && answer.role === 'follower') {
      throw new UpstreamUnreachable('it is a follower that has no chains yet');
    }
    return answer;
  }

  private async ask(stop: AbortSignal): Promise<Advertisement | Refusal> {
    const { client, upstream } = this.parts;
    try {
      const answer = await client.advertisement(stop);
      if (!isRefusal(answer) || this.wasANode) return answer;
      // Before the first contact, nothing indicates that it ever was a node.
      throw new NotANode(`GET /chains: ${answer.fault.message}`);
    } catch (error) {
      if (error instanceof UpstreamUnreachable && !isAborted(stop)) {
        upstream.away(error instanceof NotANode ? 'not_a_node' : 'unreachable');
      }
      throw error;
    }
  }

  private get wasANode(): boolean {
    const { chains, status, upstream } = this.parts;
    return (
      upstream.role !== undefined || chains.stores.some(({ chain }) => status.mustHave(chain.id, upstream))
    );
  }

  /** Reports the invalid items of the upstream's list, each once, as faults of a followed chain or of the item. */
  private async reportItems({ faulty, text }: Advertisement): Promise<void> {
    const { chains, faults, status, upstream } = this.parts;
    for (const { id, name, fault } of faulty) {
      const store = id === undefined ? undefined : chains.storeOf(id);
      const refusal = refuse(fault, text);
      if (store !== undefined && status.mustHave(store.chain.id, upstream)) {
        if (status.isStopped(store.chain.id, upstream)) continue;
        await faults.report({ of: 'chain', id: store.chain.id, name: store.chain.name }, refusal);
        continue;
      }
      const key = `${id ?? name} ${fault.fault} ${fault.field ?? ''}`;
      if (this.reported.has(key) || this.reported.size >= ITEMS_REPORTED_MAX) continue;
      this.reported.add(key);
      await faults.report({ of: 'item', name }, refusal);
    }
  }

  /**
   * Handles chains that the upstream must have but doesn't list. A producer that lists another chain under the same
   * name was set up again: a fault. In all other cases the follower waits for the chain.
   */
  private async reportMissing(advertisement: Advertisement): Promise<void> {
    const { chains, faults, status, upstream } = this.parts;
    for (const { chain } of chains.stores) {
      const { id, name } = chain;
      if (!upstream.isWithout(id)) {
        if (this.missing.delete(id)) this.logger.log(`${upstream.url} lists the chain ${name} again`);
        continue;
      }
      if (status.isStopped(id, upstream) || !status.mustHave(id, upstream)) continue;
      const replaced = advertisement.role === 'producer' ? replacedChain(chain, advertisement) : undefined;
      if (replaced !== undefined) {
        await faults.report({ of: 'chain', id, name }, refuse(replaced, advertisement.text));
      } else if (upstream.hasShown(id) || advertisement.role === 'producer') this.noteMissing(chain);
    }
  }

  private noteMissing({ id, name }: Chain): void {
    if (this.missing.has(id)) return;
    this.missing.add(id);
    const { url } = this.parts.upstream;
    this.logger.warn(
      `the upstream ${url} does not list the chain ${name}, ${id}: it is pulled from there again as soon as it is listed`,
    );
  }

  /**
   * Begins the chains that are listed for the first time.
   * @returns whether the upstream is the intended one, and the round may continue
   */
  private async beginChains(advertisement: Advertisement, stop: AbortSignal): Promise<boolean> {
    const { chains, faults, firstContact, firstTurns, pins, place, status, upstream } = this.parts;
    const isFirst = status.all.length === 1 && !status.hasChains;
    const mismatch = isFirst ? pinMismatch(pins, advertisement) : undefined;
    if (mismatch !== undefined) {
      await faults.report({ of: 'upstream' }, refuse(mismatch, advertisement.text));
      return false;
    }
    const selection = chains.select(advertisement, (id) => status.isStopped(id, upstream));
    const { begin } = selection;
    this.reportUnsupported(advertisement, selection);
    if (begin.length === 0 || this.isSetUpAgain(advertisement)) return true;
    await firstTurns.before(place, stop);
    if (isAborted(stop)) return false;
    const refused = async ({ id, contract }: { id: Hash; contract: { name: string } }, refusal: Refusal) =>
      faults.report({ of: 'chain', id, name: contract.name }, refusal);
    const isOwn = ({ id }: { id: Hash }): boolean => id === advertisement.own;
    await firstContact.make(
      begin.filter((chain) => !isOwn(chain)),
      refused,
      stop,
    );
    const own = begin.filter(isOwn);
    if (own.length === 0) return true;
    // Its private chain begins after the chains of all upstreams, so that none of their defaults depends on it.
    firstTurns.markTried(place);
    await firstTurns.before(status.all.length, stop);
    if (isAborted(stop)) return false;
    await firstContact.make(own, refused, stop);
    return true;
  }

  /** Whether a producer replaced one of its chains, or lists none: its new chains may be another producer's. */
  private isSetUpAgain({ role }: Advertisement): boolean {
    const { chains, status, upstream } = this.parts;
    const ids = chains.stores.map(({ chain: { id } }) => id).filter((id) => status.mustHave(id, upstream));
    if (ids.some((id) => upstream.stopped.get(id)?.fault.fault === 'CHAIN_MISMATCH')) return true;
    const sound = ids.filter((id) => !status.isStopped(id, upstream));
    return role === 'producer' && sound.length > 0 && sound.every((id) => upstream.isWithout(id));
  }

  /** Logs the chains that are not followed, once, and keeps them in the upstream's status while that is so. */
  private reportUnsupported(
    { unsupported }: Advertisement,
    { beyond: { length: beyond }, unlistable }: Selection,
  ): void {
    const { chainsMax, upstream } = this.parts;
    const kinds = unsupported.map(({ name, reason }) => `${name === '' ? 'a chain' : name} (${reason})`);
    const sentences = [
      ...(kinds.length === 0 ? [] : [`${someOf(kinds)}: unsupported by this version`]),
      ...(beyond === 0
        ? []
        : [`${beyond} more ${beyond === 1 ? 'chain' : 'chains'}: CHAINS_MAX is ${chainsMax}`]),
      ...(unlistable.length === 0
        ? []
        : [
            `${someOf(unlistable.map(({ name }) => name))}: there is no room in this node's own list (${LIST_LIMIT})`,
          ]),
    ];
    const text =
      sentences.length === 0
        ? ''
        : `some chains of ${upstream.url} are not followed: ${sentences.join('; ')}`;
    if (text !== '' && text !== upstream.unsupported) this.logger.warn(text);
    upstream.unsupported = text;
  }

  private async stepAll(
    advertisement: Advertisement,
    before: ReadonlyMap<Hash, number>,
    level: Set<Hash>,
    stop: AbortSignal,
  ): Promise<boolean> {
    const { chains, status, upstream } = this.parts;
    const steps = advertisement.chains.flatMap((theirs) => {
      const store = chains.storeOf(theirs.id);
      if (store === undefined || status.isStopped(theirs.id, upstream)) return [];
      const indexBefore = before.get(theirs.id) ?? GENESIS_INDEX;
      return [() => this.step(store, { advertisement, theirs, indexBefore }, level, stop)];
    });
    const ends = await settle(steps, CHAINS_AT_ONCE);
    throwWorst(ends);
    return ends.some((end) => end.status === 'fulfilled' && end.value);
  }

  /** @returns whether there is more to pull */
  private async step(
    store: AnyChainStore,
    observed: Observation,
    level: Set<Hash>,
    stop: AbortSignal,
  ): Promise<boolean> {
    const { faults, status, sync, upstream } = this.parts;
    const { id, name } = store.chain;
    const end = await sync.step(store, observed, stop);
    if (isRefusal(end)) await faults.report({ of: 'chain', id, name }, end);
    if (end !== 'level') return end === 'more';
    level.add(id);
    status.level(id, upstream);
    return false;
  }

  private complain(complaint: string): void {
    if (this.complaint === complaint) return;
    this.complaint = complaint;
    const served = this.parts.status.hasChains
      ? 'the last good state is still served'
      : 'nothing has been pulled yet, so there is nothing to serve';
    this.logger.warn(`${complaint}; ${served}`);
  }

  private recovered(): void {
    if (this.complaint === undefined) return;
    this.complaint = undefined;
    this.logger.log(`the upstream ${this.parts.upstream.url} is followed again`);
  }
}

/** Runs all steps to their ends, at most `atOnce` concurrently. */
async function settle<T>(
  steps: readonly (() => Promise<T>)[],
  atOnce: number,
): Promise<readonly PromiseSettledResult<T>[]> {
  const ends: PromiseSettledResult<T>[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let step = steps[next++]; step !== undefined; step = steps[next++]) {
      const [end] = await Promise.allSettled([step()]);
      ends.push(end);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, steps.length) }, work));
  return ends;
}

/**
 * Throws the worst failure: one that stops the process before one that stops the round, our own before an upstream's.
 */
function throwWorst(ends: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const rank = (reason: unknown): number =>
    reason instanceof UpstreamUnreachable ? 0 : reason instanceof Unavailable ? 1 : 2;
  const [worst] = reasons.sort((a, b) => rank(b) - rank(a));
  if (worst !== undefined) throw worst as Error;
}
