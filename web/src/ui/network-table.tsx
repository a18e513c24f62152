/** Nodes, where their heads are, and whether they agree with this one. */
import { blockPath } from '../api/routes.js';
import type { Network, NetworkChain, NetworkNode } from '../api/types.js';
import { counted, grouped } from '../format.js';
import { Badge, Foreign, HashText, Note, Time } from './parts.js';

const STATES = {
  answered: 'answers',
  unreachable: 'unreachable',
  not_a_node: 'not a node',
  not_asked: 'not asked',
} as const;

export function NetworkTable({ network }: { readonly network: Network }) {
  return (
    <div class="table-box">
      <table class="entries">
        <caption class="sr">Nodes of the network and the heads of their chains</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Role</th>
            <th scope="col">Chain</th>
            <th scope="col">Head</th>
            <th scope="col">Lag</th>
            <th scope="col">Block hashes</th>
          </tr>
        </thead>
        <tbody>
          {network.nodes.map((node) => (
            <NodeRows key={node.url} node={node} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NodeRows({ node }: { readonly node: NetworkNode }) {
  if (node.chains.length === 0) {
    return (
      <tr>
        <NodeCell node={node} />
        <td data-name="State" colSpan={5}>
          <Badge tone={node.state === 'answered' ? 'warn' : 'bad'}>
            {node.state === 'answered' ? 'has no chains yet' : STATES[node.state]}
          </Badge>
        </td>
      </tr>
    );
  }
  return (
    <>
      {node.chains.map((chain, place) => (
        <tr key={chain.name} class={isWrong(chain) ? 'disagrees' : ''}>
          {place === 0 ? <NodeCell node={node} /> : <td data-name="Node" class="repeated" />}
          <td data-name="Role" class={place === 0 ? '' : 'repeated'}>
            {place === 0 && node.role}
          </td>
          <td data-name="Chain">{chain.name}</td>
          <td data-name="Head">
            <span>
              {grouped(chain.index)}{' '}
              <span class="hint">
                <Time at={chain.timestamp} />
              </span>
            </span>
          </td>
          <td data-name="Lag">
            <Lag chain={chain} />
          </td>
          <td data-name="Block hashes">
            <Agreement
              chain={chain}
              isTrusted={!node.chains.some(({ agreement }) => agreement === 'at_fault')}
            />
          </td>
        </tr>
      ))}
    </>
  );
}

function isWrong({ agreement }: NetworkChain): boolean {
  return agreement === 'disagrees' || agreement === 'at_fault';
}

function NodeCell({ node }: { readonly node: NetworkNode }) {
  return (
    <td data-name="Node">
      <a href={node.url} rel="noreferrer">
        <Foreign value={node.url.replace(/^https?:\/\//, '')} />
      </a>{' '}
      {node.source === 'upstream' && <Badge>upstream</Badge>}
    </td>
  );
}

function Lag({ chain: { behind, agreement } }: { readonly chain: NetworkChain }) {
  if (agreement === 'other_chain') return <>–</>;
  if (agreement === 'at_fault') return <>unknown</>;
  if (behind === 0) return <>level</>;
  if (behind > 0) return <Badge tone="warn">{counted(behind, 'block')} behind</Badge>;
  return <>{counted(-behind, 'block')} ahead</>;
}

interface AgreementProps {
  readonly chain: NetworkChain;
  /** nothing that a node caught at fault says is shown in green */
  readonly isTrusted: boolean;
}

function Agreement({ chain, isTrusted }: AgreementProps) {
  switch (chain.agreement) {
    case 'agrees':
      return <Badge tone={isTrusted ? 'ok' : 'plain'}>agree at block {chain.compared_at}</Badge>;
    case 'disagrees':
      return <Badge tone="bad">DISAGREE at block {chain.compared_at}</Badge>;
    case 'at_fault':
      return <Badge tone="bad">AT FAULT: no longer followed</Badge>;
    case 'other_chain':
      return <Badge tone="warn">another chain</Badge>;
    default:
      return <Badge>could not be compared</Badge>;
  }
}

/** A disagreement is the worst that can be seen here: it stands above everything, in red, with both hashes. */
export function Disagreements({ network }: { readonly network: Network }) {
  const found = network.nodes.flatMap(({ url, chains }) =>
    chains.filter(({ agreement }) => agreement === 'disagrees').map((chain) => ({ url, chain })),
  );
  if (found.length === 0) return null;
  return (
    <Note tone="loud" title="Nodes disagree about the chain">
      <p>
        Two nodes hold different blocks of one index. At most one of them is right: one was tampered with, or
        the producer told two stories.
      </p>
      <ul class="disagreements">
        {found.map(({ url, chain }) => (
          <li key={`${url} ${chain.name}`}>
            <strong>
              <Foreign value={url} />
            </strong>
            , {chain.name}, block {chain.compared_at}
            <div>
              there <HashText value={chain.their_hash ?? ''} what="their hash" digits={10} />
            </div>
            <div>
              here{' '}
              <HashText
                value={chain.our_hash ?? ''}
                what="our hash"
                digits={10}
                href={blockPath(chain.name, chain.compared_at ?? 1)}
              />
            </div>
            <div class="hint">
              {chain.signed
                ? 'Its head is signed with the producer’s key. If this node’s block is too, the producer signed both.'
                : 'Its head is not signed by the producer: that node serves something forged.'}
            </div>
          </li>
        ))}
      </ul>
    </Note>
  );
}
