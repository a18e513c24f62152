/** Chains whose producers told two stories, with the evidence. */
import type { Chain } from '../api/types.js';
import { Foreign, Note, Time } from './parts.js';

export function FrozenChains({ chains }: { readonly chains: readonly Chain[] }) {
  return (
    <>
      {chains.map((chain) => (
        <FrozenNote key={chain.id} chain={chain} />
      ))}
    </>
  );
}

function FrozenNote({ chain: { name, frozen } }: { readonly chain: Chain }) {
  if (frozen === null) return null;
  const { finding, since, source, evidence } = frozen;
  return (
    <Note tone="bad" title={`${name} is frozen: its producer told two stories`}>
      <p>
        <Foreign class="wrap" value={finding} />
      </p>
      <p>
        This node takes no more blocks of the chain, for good, and goes on serving those that it verified.
        Anyone can check the proof offline: <a href={evidence}>evidence file</a>, judged by{' '}
        <code>npx bpsc verify-evidence</code>.
      </p>
      <p class="hint">
        The second story was met <Time at={since} both /> at <Foreign class="wrap" value={source} />, which
        did nothing wrong.
      </p>
    </Note>
  );
}
