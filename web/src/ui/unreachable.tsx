/** A follower whose upstream doesn't answer: since when, and what it serves meanwhile. */
import type { NodeState } from '../api/node.js';
import { upstreamState } from '../api/upstream.js';
import { Foreign, Note, Time } from './parts.js';

export function Unreachable({ node }: { readonly node: NodeState }) {
  const { away } = upstreamState(node);
  const { chains } = node;
  if (chains?.role !== 'follower' || away === undefined) return null;
  const { since, isOther, reason } = away;
  return (
    <Note tone="warn" title={isOther ? 'The upstream is not a bpsc node' : 'The upstream is unreachable'}>
      <p>
        <Foreign value={chains.upstream ?? ''} /> {isOther ? 'answers as no node does' : 'does not answer'},
        since <Time at={since} both />.{' '}
        {chains.chains.length > 0
          ? 'This node goes on serving what it verified; what the upstream has sealed since then is unknown here.'
          : 'This node has verified nothing yet. It keeps trying.'}
      </p>
      <p class="hint">
        <Foreign class="wrap" value={reason} />
      </p>
    </Note>
  );
}
