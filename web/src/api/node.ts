/**
 * This node as the page knows it, kept current: by its events where they can be had, else by asking every other
 * second.
 */
import { useEffect, useState } from 'preact/hooks';
import { KINDS, isTokenContract } from '../../../src/chain/contract/kinds.js';
import { getJson } from './get.js';
import { RateMeter } from './rates.js';
import type {
  BlockEvent,
  Chain,
  ChainKind,
  Chains,
  ChainStatus,
  FaultEvent,
  FaultItem,
  GapEvent,
  Header,
  HeaderPage,
  Faults,
  NodeStatus,
  Readiness,
  TokenChain,
  WitnessedEvent,
} from './types.js';

/** `live`: events arrive. `polling`: they can't be had, the node is asked instead. `lost`: it doesn't answer. */
export type Connection = 'connecting' | 'live' | 'polling' | 'lost';

/** A block as the rows show it. */
export interface BlockSummary {
  readonly header: Header;
  readonly entries: number;
  /** it arrived while the page was open */
  readonly isNew: boolean;
}

export interface NodeState {
  readonly connection: Connection;
  readonly chains: Chains | undefined;
  readonly status: NodeStatus | undefined;
  /** when `status` arrived, in milliseconds of `performance.now()` */
  readonly statusAt: number;
  /** newest first, by chain */
  readonly blocks: Readonly<Record<string, readonly BlockSummary[]>>;
  readonly faults: readonly FaultItem[];
}

/** Blocks of a chain that are kept. */
const BLOCKS_KEPT = 24;
const POLL_MS = 2000;
/** Without a word for so long, the events are taken for dead: a keep-alive or a status comes every few seconds. */
const SILENCE_MS = 20_000;
/** A page that is hidden for so long stops listening. */
const HIDDEN_MS = 30_000;

export const rates = new RateMeter();

let state: NodeState = {
  connection: 'connecting',
  chains: undefined,
  status: undefined,
  statusAt: 0,
  blocks: {},
  faults: [],
};
const listeners = new Set<(state: NodeState) => void>();

let isTold = true;

/** However many blocks a second come, the page is drawn no oftener than the screen. */
function set(change: Partial<NodeState>): void {
  state = { ...state, ...change };
  if (!isTold) return;
  isTold = false;
  const tell = (): void => {
    isTold = true;
    for (const listener of listeners) listener(state);
  };
  // A hidden page has no frames.
  if (document.hidden) setTimeout(tell);
  else requestAnimationFrame(tell);
}

export function useNode(): NodeState {
  const [current, setCurrent] = useState(state);
  useEffect(() => {
    setCurrent(state);
    listeners.add(setCurrent);
    return () => void listeners.delete(setCurrent);
  }, []);
  return current;
}

export function chainNamed(chains: Chains | undefined, name: string): Chain | undefined {
  return chains?.chains.find((chain) => chain.name === name);
}

export function isTokenChain(chain: Chain): chain is TokenChain {
  return isTokenContract(chain.contract);
}

export function tokenChain(chains: Chains | undefined): TokenChain | undefined {
  return chains?.chains.find(isTokenChain);
}

export function chainsOfKind(chains: Chains | undefined, kind: ChainKind): readonly Chain[] {
  return chains?.chains.filter((chain) => chain.kind === kind) ?? [];
}

/** The private chain of a follower, which it seals itself: the first that it shows. */
export function ownChainOf(chains: Chains | undefined): Chain | undefined {
  if (chains?.role !== 'follower' || chains.details.pending_information === undefined) return undefined;
  return chainsOfKind(chains, 'information')[0];
}

/** Whether this node seals the chain itself, so that it takes entries for it and knows what waits. */
export function isSealedHere(chains: Chains | undefined, chain: Chain): boolean {
  return chains?.role === 'producer' || ownChainOf(chains)?.id === chain.id;
}

/** What the addresses of its pages call a chain: nothing where it is the first of its kind. */
export function nameInPath(
  chains: Chains | undefined,
  { name, kind }: Pick<Chain, 'name' | 'kind'>,
): string | undefined {
  return chains?.chains.find((chain) => chain.kind === kind)?.name === name ? undefined : name;
}

export function statusOf(status: NodeStatus | undefined, name: string): ChainStatus | undefined {
  return status?.chains.find((chain) => chain.name === name);
}

/** The last block that is known, from whichever source is newest. */
export function headIndex({ blocks, chains }: NodeState, name: string): number {
  return Math.max(blocks[name]?.[0]?.header.index ?? 0, chainNamed(chains, name)?.head.index ?? 0);
}

let events: EventSource | undefined;
let lastWordAt = 0;
let listenedAt = 0;
let isRefreshing = false;
let hiddenFor: ReturnType<typeof setTimeout> | undefined;

/** Runs as long as the page. */
export function startNode(): void {
  void refresh().then(listen);
  setInterval(() => void poll(), POLL_MS);
  document.addEventListener('visibilitychange', rest);
}

/** A browser has six connections to a host, for all its tabs together: one that nobody looks at gives its own back. */
function rest(): void {
  clearTimeout(hiddenFor);
  if (document.hidden) {
    hiddenFor = setTimeout(() => {
      events?.close();
      events = undefined;
    }, HIDDEN_MS);
  } else if (events === undefined) {
    void refresh().then(listen);
  }
}

function listen(): void {
  events?.close();
  lastWordAt = listenedAt = performance.now();
  events = new EventSource('/events?types=block,witnessed,fault,status');
  events.addEventListener('open', () => {
    lastWordAt = performance.now();
    set({ connection: 'live' });
    // Blocks are sent again to who missed them, faults aren't: one may have come since the page asked for them.
    refreshFaults().catch(() => undefined);
  });
  on<NodeStatus>('status', (status) => {
    takeStatus(status);
    // A follower that had no chains yet, when it was first asked.
    if (state.chains?.chains.length !== status.chains.length || isFrozenSince(status)) void refresh();
  });
  on<BlockEvent>('block', (event) => void takeBlock(event));
  on<WitnessedEvent>('witnessed', takeWitnessed);
  // A chain may be frozen now, which the list says.
  on<FaultEvent>('fault', ({ frozen }) => void (frozen === true ? refresh() : refreshFaults()));
  on<GapEvent>('gap', ({ chain }) => void refreshBlocks(chain));
  events.addEventListener('error', () => void poll());
}

/** Whether a chain is frozen that was not when the list was read: the event was missed. */
function isFrozenSince({ chains }: NodeStatus): boolean {
  return chains.some(({ name, frozen }) => frozen && chainNamed(state.chains, name)?.frozen === null);
}

function takeWitnessed({ chain: name, size }: WitnessedEvent): void {
  const { chains } = state;
  if (chains === undefined) return;
  const list = chains.chains.map((chain) =>
    chain.name === name ? { ...chain, witnessed_size: size } : chain,
  );
  set({ chains: { ...chains, chains: list } });
}

function on<T>(type: string, take: (data: T) => void): void {
  events?.addEventListener(type, (event: MessageEvent<string>) => {
    lastWordAt = performance.now();
    if (state.connection !== 'live') set({ connection: 'live' });
    take(JSON.parse(event.data) as T);
  });
}

/** Where there are no events: by asking. */
async function poll(): Promise<void> {
  if (document.hidden || events === undefined || isRefreshing) return;
  const isSilent = performance.now() - lastWordAt > SILENCE_MS;
  if (events.readyState === EventSource.OPEN && !isSilent) return;
  await refresh();
  // A browser comes back by itself, unless the answer was no stream. A restarted node may have one.
  const isRefused = (events as EventSource | undefined)?.readyState === EventSource.CLOSED;
  if (isRefused && performance.now() - listenedAt > SILENCE_MS) listen();
}

/** All of it, by asking. */
async function refresh(): Promise<void> {
  isRefreshing = true;
  try {
    const chains = await getJson<Chains>('/chains');
    const isLive = events?.readyState === EventSource.OPEN;
    set({ chains, connection: isLive ? 'live' : events === undefined ? 'connecting' : 'polling' });
    if (!isLive) takeStatus(await askStatus(chains));
    await Promise.all(chains.chains.map(({ name }) => refreshBlocks(name)));
    await refreshFaults();
  } catch {
    set({ connection: 'lost' });
  } finally {
    isRefreshing = false;
  }
}

async function askStatus(known: Chains): Promise<NodeStatus> {
  const { role, details, chains } = known;
  const troubles = await fetch('/health/ready')
    .then(async (answer) => ((await answer.json()) as Readiness).details?.node?.troubles ?? [])
    .catch(() => []);
  const sealed = chains.filter((chain) => isSealedHere(known, chain));
  return {
    role,
    ready: troubles.length === 0,
    troubles,
    details,
    chains: chains.map(({ name, kind, head, frozen }) => {
      // Here the node says what waits for each kind only: for one of several chains it isn't known.
      const [only, ...others] = sealed.filter((chain) => chain.kind === kind);
      const count = details[`pending_${KINDS[kind].entriesField}`];
      const isKnown = only?.name === name && others.length === 0;
      const waiting = isKnown ? Number(count ?? 0) : null;
      return { name, kind, head, frozen: frozen !== null, waiting, next_block: null };
    }),
  };
}

function takeStatus(status: NodeStatus): void {
  set({ status, statusAt: performance.now() });
  rates.accepted(
    Date.now(),
    status.chains.reduce((sum, { head, waiting }) => sum + head.tree_size + (waiting ?? 0), 0),
  );
}

async function takeBlock({ chain, block, entries }: BlockEvent): Promise<void> {
  const known = state.blocks[chain] ?? [];
  const newest = known[0]?.header.index;
  if (newest === undefined || block.index <= newest) return;
  if (block.index !== newest + 1) return refreshBlocks(chain);
  rates.block(block.timestamp, entries);
  const summary = { header: block, entries, isNew: true };
  set({
    blocks: { ...state.blocks, [chain]: [summary, ...known].slice(0, BLOCKS_KEPT) },
    status: afterBlock(state.status, chain, block, entries),
  });
}

/** What a sealed block leaves waiting, until the node says so itself within a second. */
function afterBlock(
  status: NodeStatus | undefined,
  name: string,
  head: Header,
  entries: number,
): NodeStatus | undefined {
  if (status === undefined) return undefined;
  const chains = status.chains.map((chain) =>
    chain.name !== name || chain.head.index >= head.index
      ? chain
      : {
          ...chain,
          head,
          waiting: chain.waiting === null ? null : Math.max(0, chain.waiting - entries),
          next_block: null,
        },
  );
  return { ...status, chains };
}

/** The newest blocks, and what each holds: what its tree has more than its parent's. */
async function refreshBlocks(chain: string): Promise<void> {
  const known = state.blocks[chain];
  const newest = known?.[0]?.header.index ?? 0;
  const { head } = await getJson<Chain>(`/chains/${chain}`);
  if (head.index <= newest) return;
  const from = Math.max(1, head.index - BLOCKS_KEPT);
  const page = await getJson<HeaderPage>(`/chains/${chain}/headers?from=${from}&limit=${BLOCKS_KEPT + 1}`);
  const summaries = summarised(page.headers, newest);
  for (const { header, entries } of summaries) {
    if (header.index > newest) rates.block(header.timestamp, entries);
  }
  // Events may have brought a newer one meanwhile.
  if ((state.blocks[chain]?.[0]?.header.index ?? 0) > head.index) return;
  set({ blocks: { ...state.blocks, [chain]: summaries.reverse().slice(0, BLOCKS_KEPT) } });
}

/** @param newest the last that was known; 0 at the start: then nothing is new */
export function summarised(headers: readonly Header[], newest: number): BlockSummary[] {
  return headers.flatMap((header, place) => {
    const before = headers[place - 1];
    if (before === undefined && header.index > 1) return [];
    const entries = header.tree_size - (before?.tree_size ?? 0);
    return [{ header, entries, isNew: newest > 0 && header.index > newest }];
  });
}

async function refreshFaults(): Promise<void> {
  const { faults } = await getJson<Faults>('/faults');
  set({ faults });
}
