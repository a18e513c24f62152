/** Dozens of chains at a glance: found by name, the most active first. */
import { useState } from 'preact/hooks';
import { isTokenChain, statusOf, type NodeState } from '../api/node.js';
import { isStopped } from '../api/upstream.js';
import { chainPath } from '../api/routes.js';
import type { Chain } from '../api/types.js';
import { grouped } from '../format.js';
import { Badge, Card, Empty, Time } from './parts.js';

/** With more than these, a card for each is more than anybody takes in. */
export const CHAIN_CARDS_MAX = 4;

interface Row {
  readonly chain: Chain;
  /** undefined where it is not known: this node does not seal the chain, or has not reported yet */
  readonly waiting: number | undefined;
  readonly index: number;
  readonly entries: number;
  readonly timestamp: number;
}

const ORDERS = {
  activity: {
    label: 'Activity',
    compare: (a: Row, b: Row) => (b.waiting ?? 0) - (a.waiting ?? 0) || b.timestamp - a.timestamp,
  },
  entries: { label: 'Entries', compare: (a: Row, b: Row) => b.entries - a.entries },
  name: { label: 'Name', compare: (a: Row, b: Row) => a.chain.name.localeCompare(b.chain.name) },
} as const;
type Order = keyof typeof ORDERS;

export function ChainTable({
  chains,
  node,
}: {
  readonly chains: readonly Chain[];
  readonly node: NodeState;
}) {
  const [query, setQuery] = useState('');
  const [order, setOrder] = useState<Order>('activity');
  const wanted = query.trim().toLowerCase();
  const rows = chains
    .filter(({ name, id }) => name.includes(wanted) || id.startsWith(wanted))
    .map((chain) => rowOf(chain, node))
    .sort((a, b) => ORDERS[order].compare(a, b) || ORDERS.name.compare(a, b));
  return (
    <Card
      title={`${grouped(chains.length)} chains`}
      id="chains"
      aside={
        <span class="chain-tools">
          <input
            type="search"
            aria-label="Find a chain"
            placeholder="Name or id"
            value={query}
            onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          />
          <select
            aria-label="Order"
            value={order}
            onChange={({ currentTarget }) => setOrder(currentTarget.value as Order)}
          >
            {Object.entries(ORDERS).map(([key, { label }]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </span>
      }
    >
      {rows.length === 0 ? (
        <Empty title="No chain has this name">Names and the beginning of an id are found.</Empty>
      ) : (
        <div class="table-box">
          <table class="entries">
            <thead>
              <tr>
                <th scope="col">Chain</th>
                <th scope="col">Kind</th>
                <th scope="col">Blocks</th>
                <th scope="col">Entries</th>
                <th scope="col">Waiting</th>
                <th scope="col">Last block</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <ChainRow key={row.chain.id} row={row} node={node} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function ChainRow({ row, node }: { readonly row: Row; readonly node: NodeState }) {
  const { chain, index, entries, waiting, timestamp } = row;
  return (
    <tr>
      <td data-name="Chain">
        <a href={chainPath(chain.name)}>{chain.name}</a>
      </td>
      <td data-name="Kind">
        <Badge tone={chain.kind}>{isTokenChain(chain) ? chain.contract.token.symbol : 'records'}</Badge>
        {chain.frozen !== null ? (
          <Badge tone="bad">frozen</Badge>
        ) : (
          isStopped(node, chain.name) && <Badge tone="bad">no longer followed</Badge>
        )}
      </td>
      <td data-name="Blocks">{grouped(index)}</td>
      <td data-name="Entries">{grouped(entries)}</td>
      <td data-name="Waiting">{waiting === undefined ? '–' : grouped(waiting)}</td>
      <td data-name="Last block">
        <Time at={timestamp} />
      </td>
    </tr>
  );
}

function rowOf(chain: Chain, { status, blocks }: NodeState): Row {
  const now = statusOf(status, chain.name);
  const { index, tree_size: entries, timestamp } = blocks[chain.name]?.[0]?.header ?? now?.head ?? chain.head;
  return { chain, waiting: now?.waiting ?? undefined, index, entries, timestamp };
}
