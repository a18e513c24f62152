/** How several nodes stand, for people and for programs. */
import type { ChainKind } from '../chain/contract.js';
import { document, printable, table, thousands } from './io.js';
import type { Standing } from './node-comparison.js';
import type { NodeState, UnreachableNode } from './node-state.js';

export interface NodeStatus {
  readonly node: NodeState | UnreachableNode;
  /** of each chain that the node shows; a text is what is wrong with it */
  readonly chains: ReadonlyMap<ChainKind, Standing | string>;
}

/** Whether all nodes show chains and are ready, and none contradicts another. Being behind is no trouble. */
export function isHealthy(nodes: readonly NodeStatus[]): boolean {
  return nodes.every(
    ({ node, chains }) =>
      !('unreachable' in node) &&
      node.troubles.length === 0 &&
      chains.size > 0 &&
      [...chains.values()].every(
        (chain) =>
          typeof chain !== 'string' &&
          chain.agreement !== 'DISAGREE' &&
          chain.agreement !== 'FAULT' &&
          chain.agreement !== 'unknown',
      ),
  );
}

/** One JSON document. */
export function statusJson(nodes: readonly NodeStatus[]): string {
  return document({ ok: isHealthy(nodes), nodes: nodes.map(nodeJson) });
}

function nodeJson({ node, chains }: NodeStatus): object {
  if ('unreachable' in node) {
    const { url, unreachable: reason } = node;
    return node.isSilent
      ? { url, reachable: false, reason }
      : { url, reachable: true, is_node: false, reason };
  }
  return {
    url: node.url,
    reachable: true,
    role: node.role,
    ready: node.troubles.length === 0,
    troubles: node.troubles,
    chains: [...chains].map(([kind, chain]) => chainJson(kind, chain)),
  };
}

function chainJson(kind: ChainKind, chain: Standing | string): object {
  if (typeof chain === 'string') return { kind, fault: chain };
  const { head, lag, agreement, why } = chain;
  return {
    kind,
    name: head.contract.name,
    id: head.id,
    head_index: head.index,
    head_hash: head.hash,
    entries: head.entries,
    lag,
    agreement: agreement.toLowerCase(),
    why: why ?? null,
  };
}

const HASH_CHARACTERS = 12;
const TITLES = ['NODE', 'ROLE', 'CHAIN', 'HEAD', 'HASH', 'ENTRIES', 'BEHIND', 'AGREEMENT', 'READY'];

/** A table, a line for each chain of each node. */
export function statusText(nodes: readonly NodeStatus[]): string {
  const reachable = nodes.flatMap((status) => ('unreachable' in status.node ? [] : [status]));
  const lines = reachable.flatMap(nodeRows);
  const unreachable = nodes.flatMap(({ node }) =>
    'unreachable' in node
      ? [
          `${node.url} ${node.isSilent ? 'is unreachable' : 'is not a bpsc node'}: ${printable(node.unreachable)}\n`,
        ]
      : [],
  );
  return `${lines.length > 0 ? table([TITLES, ...lines]) : ''}${unreachable.join('')}${notes(nodes)}`;
}

function nodeRows({ node, chains }: NodeStatus): readonly (readonly string[])[] {
  if ('unreachable' in node) return [];
  const ready = node.troubles.length === 0 ? 'yes' : 'no';
  const cells = [...chains].map(([kind, chain]) => chainCells(kind, chain));
  if (cells.length === 0) cells.push(['none yet', '', '', '', '', '']);
  // What is the node's own stands on its first line only.
  return cells.map((row, line) => (line === 0 ? [node.url, node.role, ...row, ready] : ['', '', ...row, '']));
}

function chainCells(kind: ChainKind, chain: Standing | string): readonly string[] {
  if (typeof chain === 'string') return [kind, '', '', '', '', 'FAULT'];
  const { head, lag, agreement } = chain;
  return [
    head.contract.name,
    thousands(head.index),
    head.hash.slice(0, HASH_CHARACTERS),
    thousands(head.entries),
    lag === 0 ? '-' : thousands(lag),
    agreement === 'alone' ? '-' : agreement,
  ];
}

/** Why nodes aren't ready or don't agree, a line each. */
function notes(nodes: readonly NodeStatus[]): string {
  return nodes.flatMap((status) => [...troubleNotes(status), ...disagreementNotes(status)]).join('');
}

function troubleNotes({ node, chains }: NodeStatus): readonly string[] {
  if ('unreachable' in node) return [];
  const notes = node.troubles.map((trouble) => `${node.url} is not ready: ${printable(trouble)}\n`);
  return notes.length === 0 && chains.size === 0 ? [`${node.url} shows no chains\n`] : notes;
}

function disagreementNotes({ node, chains }: NodeStatus): readonly string[] {
  return [...chains].flatMap(([kind, chain]) => {
    const why = typeof chain === 'string' ? chain : chain.why;
    if (why === undefined) return [];
    const name = typeof chain === 'string' ? kind : `${chain.agreement} on ${chain.head.contract.name}`;
    return [`${node.url}: ${name}: ${printable(why)}\n`];
  });
}
