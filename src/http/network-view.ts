/** Asks the nodes that this one knows how they stand, and compares their blocks with its own. */
import { Injectable } from '@nestjs/common';
import { parseHash, type Hash } from '../chain/bytes.js';
import { isFault } from '../chain/faults.js';
import { verifySeal } from '../chain/verify-block.js';
import { parseAdvertisement, type AdvertisedChain, type Advertisement } from '../ledger/advertisement.js';
import { NodeInfo } from '../ledger/node-info.js';
import { LedgerStore, NodeRegistry } from '../ledger/store.js';
import type { NetworkChainDto, NetworkDto, NetworkNodeDto } from './dto/network.dto.js';

/** How long an answer is kept: many open pages cost the network no more than one. */
const KEEP_MS = 2000;
/** For all that one node is asked, to the last byte. */
const TIMEOUT_MS = 2000;
const ANSWER_BYTES_MAX = 1_048_576;
/** With a thousand registered, one look must not open a thousand connections. */
const NODES_ASKED_MAX = 100;
const ASKED_AT_ONCE_MAX = 16;

type Target = Pick<NetworkNodeDto, 'url' | 'source'>;
type Found = Omit<NetworkNodeDto, 'url' | 'source'>;

const NOTHING = { role: null, answered_in_ms: null, chains: [] } as const;

/** It answered, but not as a node does. */
class NotANode extends Error {}

@Injectable()
export class NetworkView {
  private last: { readonly view: Promise<NetworkDto>; keptUntil: number } | undefined;

  constructor(
    private readonly registry: NodeRegistry,
    private readonly store: LedgerStore,
    private readonly info: NodeInfo,
  ) {}

  /** Never older than {@link KEEP_MS}; those who ask meanwhile share one look. */
  look(): Promise<NetworkDto> {
    if (this.last !== undefined && performance.now() < this.last.keptUntil) return this.last.view;
    const current = { view: this.askAll(), keptUntil: Number.POSITIVE_INFINITY };
    this.last = current;
    const done = (): void => void (current.keptUntil = performance.now() + KEEP_MS);
    current.view.then(done, done);
    return current.view;
  }

  private async askAll(): Promise<NetworkDto> {
    const askedAt = Date.now();
    const targets = await this.targets();
    const nodes: NetworkNodeDto[] = targets.map((target) => ({ ...target, state: 'not_asked', ...NOTHING }));
    let next = 0;
    const ask = async (): Promise<void> => {
      while (next < Math.min(targets.length, NODES_ASKED_MAX)) {
        const place = next++;
        const target = targets[place] as Target;
        nodes[place] = { ...target, ...(await this.ask(target.url)) };
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE_MAX }, ask));
    return { asked_at: askedAt, nodes };
  }

  /** Nobody else is ever asked: no address that comes with an answer is followed. */
  private async targets(): Promise<readonly Target[]> {
    const { upstream } = this.info;
    const registered = (await this.registry.all()).filter(({ url }) => url !== upstream);
    return [
      ...(upstream === undefined ? [] : [{ url: upstream, source: 'upstream' } as const]),
      ...registered.map(({ url }) => ({ url, source: 'registered' }) as const),
    ];
  }

  private async ask(url: string): Promise<Found> {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const advertisement = parseAdvertisement(await textOf(await get(`${url}/chains`, 'GET', signal)));
      if (isFault(advertisement)) throw new NotANode();
      const answeredInMs = Math.round(performance.now() - startedAt);
      const chains = await this.compareAll(url, advertisement, signal);
      return { state: 'answered', role: advertisement.role, answered_in_ms: answeredInMs, chains };
    } catch (error) {
      // Why exactly is not told: who may register nodes could else look around in this node's network.
      return { state: error instanceof NotANode ? 'not_a_node' : 'unreachable', ...NOTHING };
    }
  }

  private async compareAll(
    url: string,
    { chains }: Advertisement,
    signal: AbortSignal,
  ): Promise<readonly NetworkChainDto[]> {
    const sound = [...chains.values()].filter((chain): chain is AdvertisedChain => !isFault(chain));
    return Promise.all(sound.map((chain) => this.compare(url, chain, signal)));
  }

  private async compare(
    url: string,
    { id, contract, head }: AdvertisedChain,
    signal: AbortSignal,
  ): Promise<NetworkChainDto> {
    const { name, kind } = contract;
    const described = {
      name,
      kind,
      index: head.index,
      hash: head.hash,
      timestamp: head.timestamp,
      signed: verifySeal(head, contract) === undefined,
    };
    const incomparable = { compared_at: null, their_hash: null, our_hash: null };
    const ours = this.store.chains().find((chain) => chain.contract.kind === kind);
    if (ours?.id !== id) {
      const agreement = ours === undefined ? 'unknown' : 'other_chain';
      return { ...described, behind: 0, agreement, ...incomparable };
    }
    const ourHead = this.store.head(kind).header;
    const index = Math.min(head.index, ourHead.index);
    const ourHash = this.store.header(kind, index)?.hash ?? ourHead.hash;
    const theirHash = head.index === index ? head.hash : await hashOf(url, name, index, signal);
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

/** The hash of a block that another node has, without the block: its entity tag. Undefined where it doesn't say. */
async function hashOf(
  url: string,
  chain: string,
  index: number,
  signal: AbortSignal,
): Promise<Hash | undefined> {
  try {
    const { headers } = await get(`${url}/chains/${chain}/blocks/${index}`, 'HEAD', signal);
    return parseHash(/^(?:W\/)?"(.*)"$/.exec(headers.get('etag') ?? '')?.[1]);
  } catch {
    return undefined;
  }
}

async function get(url: string, method: 'GET' | 'HEAD', signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, {
    method,
    // Where it leads to was not registered.
    redirect: 'manual',
    headers: { accept: 'application/json' },
    signal,
  });
  if (answer.ok) return answer;
  await answer.body?.cancel();
  throw new NotANode();
}

async function textOf(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > ANSWER_BYTES_MAX) throw new NotANode();
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
