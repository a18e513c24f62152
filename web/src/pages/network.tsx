/** The nodes that this one knows, and whether they all tell the same. */
import { headIndex, useNode } from '../api/node.js';
import type { Network } from '../api/types.js';
import { ofUpstreams, upstreamState } from '../api/upstream.js';
import { useJson } from '../api/use-json.js';
import { grouped } from '../format.js';
import { Card, Empty, Failed, HashText, Loading, Note, PageTitle, Time, useTitle } from '../ui/parts.js';
import { FrozenChains } from '../ui/frozen.js';
import { Faults } from '../ui/faults.js';
import { NetworkMap } from '../ui/network-map.js';
import { Disagreements, NetworkTable } from '../ui/network-table.js';
import { Unreachable } from '../ui/unreachable.js';

const LOOK_MS = 3000;

export function NetworkPage() {
  useTitle('Network');
  const { data, error, again } = useJson<Network>('/network', LOOK_MS);
  const node = useNode();
  const { isAtFault } = upstreamState(node);
  const chains = data?.nodes.flatMap((each) => each.chains) ?? [];
  const isFrozen = node.chains?.chains.some(({ frozen }) => frozen !== null) === true;
  const agreeing =
    !isAtFault && !isFrozen && chains.length > 0 && chains.every(({ agreement }) => agreement === 'agrees');
  return (
    <>
      <PageTitle lead="Every node should hold the same blocks, byte for byte. This node asks those it knows, and compares.">
        Network
      </PageTitle>
      {data !== undefined && <Disagreements network={data} />}
      <FrozenChains chains={node.chains?.chains ?? []} />
      {isAtFault && <Faults faults={ofUpstreams(node.faults)} isStopped />}
      <Unreachable node={node} />
      {agreeing && (
        <Note tone="ok" title="All nodes that answered agree">
          The last block that each has in common with this node has the same hash here and there.
        </Note>
      )}
      {data !== undefined && data.nodes.length > 0 && (
        <Card title="Map" id="map">
          <NetworkMap network={data} />
          <p class="hint">
            This node knows whom it follows and who is registered with it; whom the others follow, they say on
            their own pages. The tables below have the same as text.
          </p>
        </Card>
      )}
      <Card title="This node" id="this-node">
        <ThisNode />
      </Card>
      <Card
        title="Nodes it knows"
        id="nodes"
        aside={
          data !== undefined && (
            <span class="hint">
              asked <Time at={data.asked_at} />
            </span>
          )
        }
      >
        {error !== undefined && <Failed error={error} again={again} />}
        {data === undefined && error === undefined && <Loading what="the network" />}
        {data?.nodes.length === 0 && (
          <Empty title="No other node is known here">
            Tell this node of others: <code class="code-line">{registerLine()}</code>
          </Empty>
        )}
        {data !== undefined && data.nodes.length > 0 && <NetworkTable network={data} />}
        <p class="hint">
          What other nodes say is not proven by this page. A node is verified with{' '}
          <code>npx bpsc verify &lt;url&gt;</code>, or by following it.
        </p>
      </Card>
    </>
  );
}

function registerLine(): string {
  return `curl -X POST ${location.origin}/nodes/register -H 'Content-Type: application/json' -d '{"nodes":["http://127.0.0.1:5001"]}'`;
}

function ThisNode() {
  const node = useNode();
  const { chains, blocks } = node;
  if (chains === undefined) return <Loading what="this node" />;
  if (chains.chains.length === 0) return <Empty title="It has no chains yet" />;
  return (
    <div class="table-box">
      <table class="entries">
        <caption class="sr">This node’s chains</caption>
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col">Chain</th>
            <th scope="col" class="right">
              Head
            </th>
            <th scope="col">Hash</th>
            <th scope="col">Sealed</th>
          </tr>
        </thead>
        <tbody>
          {chains.chains.map(({ name, head }, place) => {
            const header = blocks[name]?.[0]?.header ?? head;
            return (
              <tr key={name}>
                <td data-name="Role" class={place === 0 ? '' : 'repeated'}>
                  {place === 0 && chains.role}
                </td>
                <td data-name="Chain">
                  <a href={`/explorer/chains/${name}`}>{name}</a>
                </td>
                <td data-name="Head" class="right">
                  {grouped(headIndex(node, name))}
                </td>
                <td data-name="Hash">
                  <HashText value={header.hash} what="head hash" digits={8} />
                </td>
                <td data-name="Sealed" class="quiet">
                  <Time at={header.timestamp} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
