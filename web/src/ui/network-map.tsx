/** The network as a picture: whom this node follows, and which nodes are registered with it. The table says the same. */
import { chainNamed, useNode, type NodeState } from '../api/node.js';
import type { Network, NetworkChain, NetworkNode } from '../api/types.js';
import { upstreamState } from '../api/upstream.js';
import { counted, grouped } from '../format.js';
import { Foreign } from './parts.js';

/** Of one tier; the table has all of them. */
const SHOWN_MAX = 24;
/** Chains that a node's box names; then it counts. */
const CHAINS_MAX = 4;

type Tone = 'ok' | 'warn' | 'bad';

export function NetworkMap({ network }: { readonly network: Network }) {
  const node = useNode();
  const upstreams = network.nodes.filter(({ source }) => source === 'upstream');
  const others = network.nodes.filter(({ source }) => source !== 'upstream');
  return (
    <div class="map">
      {upstreams.length > 0 && (
        <>
          <Tier label="Upstreams, which this node follows" nodes={upstreams} />
          <p class="map-link">this node follows ↑</p>
        </>
      )}
      <ThisNode node={node} />
      {others.length > 0 && (
        <>
          <p class="map-link dashed">registered with this node ↓</p>
          <Tier label="Nodes registered with this node" nodes={others} />
        </>
      )}
    </div>
  );
}

function Tier({ label, nodes }: { readonly label: string; readonly nodes: readonly NetworkNode[] }) {
  const unshown = nodes.length - SHOWN_MAX;
  return (
    <ul class="map-tier" aria-label={label}>
      {nodes.slice(0, SHOWN_MAX).map((node) => (
        <NodeBox key={node.url} node={node} />
      ))}
      {unshown > 0 && <li class="map-node quiet">and {grouped(unshown)} more, in the table</li>}
    </ul>
  );
}

function ThisNode({ node }: { readonly node: NodeState }) {
  const { chains, status } = node;
  const isBad = upstreamState(node).isAtFault || (status?.ready === false && status.troubles.length > 0);
  const role = chains?.role ?? '';
  return (
    <ul class="map-tier" aria-label="This node">
      <li class={`map-node here ${isBad ? 'bad' : 'ok'}`}>
        <strong>This node</strong>
        <span class="hint">
          {role}
          {chains !== undefined && `, ${counted(chains.chains.length, 'chain')}`}
        </span>
        {isBad && <span class="map-chain bad">not ready: see the overview</span>}
      </li>
    </ul>
  );
}

function NodeBox({ node }: { readonly node: NetworkNode }) {
  const { url, role, chains, state } = node;
  // A chain in trouble is named before those that are well.
  const sorted = [...chains].sort((one, other) => RANK[toneOf(other)] - RANK[toneOf(one)]);
  const unshown = chains.length - CHAINS_MAX;
  return (
    <li class={`map-node ${nodeTone(node)}`}>
      <a href={url} rel="noreferrer">
        <Foreign value={url.replace(/^https?:\/\//, '')} />
      </a>
      <span class="hint">{state === 'answered' ? (role ?? 'node') : STATES[state]}</span>
      {sorted.slice(0, CHAINS_MAX).map((chain) => (
        <ChainLine key={chain.name} chain={chain} />
      ))}
      {unshown > 0 && <span class="hint">and {counted(unshown, 'chain')} more</span>}
    </li>
  );
}

function ChainLine({ chain }: { readonly chain: NetworkChain }) {
  const isOurs = chainNamed(useNode().chains, chain.name) !== undefined;
  return (
    <span class={`map-chain ${toneOf(chain)}`}>
      {isOurs ? chain.name : <Foreign value={chain.name} />}: {chainWords(chain)}
    </span>
  );
}

const STATES = {
  answered: 'answers',
  unreachable: 'unreachable',
  not_a_node: 'not a node',
  not_asked: 'not asked this time',
} as const;

const RANK: Readonly<Record<Tone, number>> = { ok: 0, warn: 1, bad: 2 };

function toneOf({ agreement, behind }: NetworkChain): Tone {
  if (agreement === 'disagrees' || agreement === 'at_fault') return 'bad';
  return agreement === 'agrees' && behind <= 0 ? 'ok' : 'warn';
}

function nodeTone({ state, chains }: NetworkNode): Tone {
  if (state === 'unreachable' || state === 'not_a_node') return 'bad';
  const tones = chains.map(toneOf);
  if (tones.includes('bad')) return 'bad';
  return state === 'not_asked' || tones.length === 0 || tones.includes('warn') ? 'warn' : 'ok';
}

/** `level`, `3 blocks behind`, `disagrees at block 7` */
function chainWords({ agreement, behind, compared_at: comparedAt }: NetworkChain): string {
  if (agreement === 'at_fault') return 'at fault, no longer followed';
  if (agreement === 'disagrees') return `DISAGREES at block ${grouped(comparedAt ?? 0)}`;
  if (agreement === 'other_chain') return 'another chain';
  if (behind === 0) return 'level';
  return behind > 0 ? `${counted(behind, 'block')} behind` : `${counted(-behind, 'block')} ahead`;
}
