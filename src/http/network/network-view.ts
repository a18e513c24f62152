/** Queries the nodes that this one knows, and compares their blocks with its own. */
import { setMaxListeners } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { parseHash, type Hash } from '../../chain/bytes/bytes.js';
import { isFault } from '../../chain/faults.js';
import { verifySeal } from '../../chain/block/verify-block.js';
import { parseAdvertisement, type AdvertisedChain, type Advertisement } from '../../ledger/advertisement.js';
import type { Clock } from '../../ledger/clock.js';
import { NodeInfo } from '../../ledger/node-info.js';
import { isStaticUrl } from '../../ledger/static-url.js';
import { LedgerStore, NodeRegistry } from '../../ledger/store.js';
import { CLOCK } from '../server/core.module.js';
import type { NetworkChainDto, NetworkDto, NetworkNodeDto } from '../dto/network.dto.js';
import { NodeChoice } from '../../peer/node-choice.js';
import { NodeProbe, NotANode, type ProbeOptions } from '../../peer/node-probe.js';

/** How long a result is cached: many open pages cause no more requests than one. */
const KEEP_MS = 2000;
/** The time limit for all requests to all nodes. */
const TIMEOUT_MS = 2000;
const ANSWER_BYTES_MAX = 1_048_576;
/** The maximum nodes queried at once: with a thousand registered, one view must not open a thousand connections. */
const NODES_ASKED_MAX = 100;

type Target = Pick<NetworkNodeDto, 'url' | 'source'>;
type Found = Omit<NetworkNodeDto, 'url' | 'source' | 'unreachable_since'>;

interface ComparedChain {
  readonly id: Hash;
  readonly dto: NetworkChainDto;
}

const NOTHING = { role: null, answered_in_ms: null, chains: [] } as const;

export class NetworkViewOptions {
  /** whether to report for private addresses, too, that something other than a node answers */
  readonly reportsPrivate: boolean = false;
  readonly timeoutMs: number = TIMEOUT_MS;
  readonly askedMax: number = NODES_ASKED_MAX;
  readonly probe: Pick<ProbeOptions, 'isPublic' | 'addressesOf'> = {};
}

@Injectable()
export class NetworkView {
  private last: { readonly view: Promise<NetworkDto>; keptUntil: number } | undefined;
  private readonly choice: NodeChoice;

  constructor(
    private readonly registry: NodeRegistry,
    private readonly store: LedgerStore,
    private readonly info: NodeInfo,
    private readonly options: NetworkViewOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.choice = new NodeChoice(options.askedMax);
  }

  /** Never older than {@link KEEP_MS}; concurrent requests share one view. */
  look(): Promise<NetworkDto> {
    if (this.last !== undefined && this.clock.elapsed() < this.last.keptUntil) return this.last.view;
    return this.lookAgain();
  }

  /** A new view. */
  lookAgain(): Promise<NetworkDto> {
    const current = { view: this.askAll(), keptUntil: Number.POSITIVE_INFINITY };
    this.last = current;
    const done = (): void => void (current.keptUntil = this.clock.elapsed() + KEEP_MS);
    current.view.then(done, done);
    return current.view;
  }

  /** Whether a node answered as one the last time; undefined if it was not queried yet. */
  answered(url: string): boolean | undefined {
    return this.choice.answered(url);
  }

  private async askAll(): Promise<NetworkDto> {
    const askedAt = this.clock.now();
    const targets = await this.targets();
    const asked = this.choose(targets);
    const over = new AbortController();
    const { signal } = over;
    const cancel = this.clock.after(this.options.timeoutMs, () => over.abort());
    // Each request adds a listener, some more than one.
    setMaxListeners(0, signal);
    const ask = async (target: Target): Promise<NetworkNodeDto> => {
      if (!asked.has(target.url)) return { ...target, state: 'not_asked', ...NOTHING };
      const found = await this.ask(target, signal);
      this.choice.record(target.url, found.state === 'answered');
      const since = target.source === 'upstream' ? this.info.unreachableSince(target.url) : undefined;
      const isAway = found.state !== 'answered' && since !== undefined;
      return { ...target, ...found, ...(isAway ? { unreachable_since: since } : {}) };
    };
    const nodes = await Promise.all(targets.map(ask)).finally(cancel);
    return { asked_at: askedAt, nodes };
  }

  /** No other node is ever queried: addresses in answers are not followed. */
  private async targets(): Promise<readonly Target[]> {
    const upstreams = this.info.upstreams.filter((url) => !isStaticUrl(url));
    const registered = (await this.registry.all()).filter(({ url }) => !upstreams.includes(url));
    return [
      ...upstreams.map((url) => ({ url, source: 'upstream' }) as const),
      ...registered.map(({ url }) => ({ url, source: 'registered' }) as const),
    ];
  }

  private choose(targets: readonly Target[]): ReadonlySet<string> {
    const upstreams = new Set(targets.filter(({ source }) => source === 'upstream').map(({ url }) => url));
    const urls = targets.map(({ url }) => url);
    return new Set(this.choice.next(urls, (url) => upstreams.has(url)));
  }

  private async ask({ url, source }: Target, signal: AbortSignal): Promise<Found> {
    const startedAt = this.clock.elapsed();
    const probe = new NodeProbe(url, {
      ...this.options.probe,
      signal,
      bytesMax: ANSWER_BYTES_MAX,
      timeoutMs: this.options.timeoutMs,
      clock: this.clock,
    });
    try {
      const advertisement = parseAdvertisement(await probe.ask('/chains'));
      if (isFault(advertisement)) throw new NotANode();
      const answeredInMs = Math.round(this.clock.elapsed() - startedAt);
      const compared = await this.compareAll(probe, advertisement);
      const chains =
        source === 'upstream'
          ? compared.map((chain) => this.asFollowed(chain, url))
          : compared.map(({ dto }) => dto);
      return { state: 'answered', role: advertisement.role, answered_in_ms: answeredInMs, chains };
    } catch (error) {
      // The exact reason is not shown. For addresses that strangers can't reach, neither is whether anything answers, nor
      // how soon: a client that may register nodes could otherwise probe this node's network.
      const isShown = source === 'upstream' || this.options.reportsPrivate || probe.isPublic;
      if (!isShown) await aborted(signal);
      return { state: isShown && error instanceof NotANode ? 'not_a_node' : 'unreachable', ...NOTHING };
    }
  }

  /** A fault that this node found at an upstream overrides any agreement now. */
  private asFollowed({ id, dto }: ComparedChain, upstream: string): NetworkChainDto {
    const isFaulty = dto.agreement !== 'disagrees' && this.info.faultOf(id, upstream) !== undefined;
    return isFaulty ? { ...dto, agreement: 'at_fault' } : dto;
  }

  private async compareAll(probe: NodeProbe, { chains }: Advertisement): Promise<readonly ComparedChain[]> {
    return Promise.all(
      chains.map(async (chain) => ({ id: chain.id, dto: await this.compare(probe, chain) })),
    );
  }

  private async compare(
    probe: NodeProbe,
    { id, name, contract, head }: AdvertisedChain,
  ): Promise<NetworkChainDto> {
    const { kind } = contract;
    const described = {
      name,
      kind,
      index: head.index,
      hash: head.hash,
      timestamp: head.timestamp,
      signed: verifySeal(head, contract) === undefined,
    };
    const incomparable = { compared_at: null, their_hash: null, our_hash: null };
    const ours = this.store.store(id);
    if (ours === undefined) {
      const isOther = this.store.stores().some(({ chain }) => chain.contract.kind === kind);
      return { ...described, behind: 0, agreement: isOther ? 'other_chain' : 'unknown', ...incomparable };
    }
    const ourHead = ours.head().header;
    const index = Math.min(head.index, ourHead.index);
    const ourHash = ours.header(index)?.hash ?? ourHead.hash;
    const theirHash = head.index === index ? head.hash : await hashOf(probe, name, index);
    return {
      ...described,
      behind: ourHead.index - head.index,
      agreement: theirHash === undefined ? 'unknown' : theirHash === ourHash ? 'agrees' : 'disagrees',
      compared_at: index,
      their_hash: theirHash ?? null,
      our_hash: ourHash,
    };
  }
}

/** The hash of another node's block; undefined if it doesn't show it. */
async function hashOf(probe: NodeProbe, chain: string, index: number): Promise<Hash | undefined> {
  try {
    const data = await probe.ask(`/chains/${chain}/headers?from=${index}&limit=1`);
    const { headers } = JSON.parse(data) as { headers?: readonly { index?: unknown; hash?: unknown }[] };
    const header = headers?.[0];
    return header?.index === index ? parseHash(header.hash) : undefined;
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
