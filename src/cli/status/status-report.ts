/** Reports the state of several nodes, for people and for programs. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { document, printable, table, thousands } from '../shell/io.js';
import type { Paint } from '../shell/paint.js';
import type { Agreement, Standing } from './node-comparison.js';
import type { NodeState, UnreachableNode, UncomparedChain } from './node-state.js';

export interface NodeStatus {
  readonly node: NodeState | UnreachableNode;
  /** of each chain that the node shows, in its order */
  readonly chains: readonly (Standing | UncomparedChain)[];
}

/** The maximum chains per node in the short form: with more, each chain has one line for all nodes. */
export const CHAINS_IN_ROWS_MAX = 4;

/** The states that make the nodes unsound. */
const UNSOUND: readonly Agreement[] = ['DISAGREE', 'FROZEN', 'FAULT', 'unknown'];

/** Whether all nodes show chains and are ready, and none contradicts another. Being behind is not a problem. */
export function isHealthy(nodes: readonly NodeStatus[]): boolean {
  return nodes.every(
    ({ node, chains }) =>
      !('unreachable' in node) &&
      node.troubles.length === 0 &&
      chains.length > 0 &&
      chains.every((chain) => !('fault' in chain) && !('head' in chain && UNSOUND.includes(chain.agreement))),
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
    chains: chains.map(chainJson),
  };
}

function chainJson(chain: Standing | UncomparedChain): object {
  if (!('head' in chain)) return chain;
  const { head, lag, agreement, why } = chain;
  return {
    kind: head.contract.kind,
    name: head.name,
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
/** As many digits as in an alias. */
const ID_CHARACTERS = 8;
const TITLES = ['NODE', 'ROLE', 'CHAIN', 'HEAD', 'HASH', 'ENTRIES', 'BEHIND', 'AGREEMENT', 'READY'];

/** A table with a line for each chain of each node or, where that would be too many, one of nodes and one of chains. */
export function statusText(nodes: readonly NodeStatus[], paint: Paint): string {
  const reachable = nodes.flatMap((status) => ('unreachable' in status.node ? [] : [status]));
  const unreachable = nodes.flatMap(({ node }) =>
    'unreachable' in node
      ? [
          `${node.url} ${node.isSilent ? 'is unreachable' : 'is not a bpsc node'}: ${printable(node.unreachable)}\n`,
        ]
      : [],
  );
  const inRows = reachable.every(({ chains }) => chains.length <= CHAINS_IN_ROWS_MAX);
  const text = inRows ? rowsText(reachable) : `${nodesText(reachable)}\n${chainsText(reachable)}`;
  const all = `${reachable.length > 0 ? text : ''}${unreachable.join('')}${notes(nodes)}`;
  // Afterwards: colours have no width.
  return all.replace(
    /\b(?:DISAGREE|FAULT|NOT READY|is unreachable|is not ready|is not a bpsc node)\b/g,
    paint.bad,
  );
}

function rowsText(nodes: readonly NodeStatus[]): string {
  return table([TITLES, ...nodes.flatMap(nodeRows)]);
}

function nodeRows({ node, chains }: NodeStatus): readonly (readonly string[])[] {
  if ('unreachable' in node) return [];
  const cells = chains.map(chainCells);
  if (cells.length === 0) cells.push(['none yet', '', '', '', '', '']);
  // The node's own columns are filled on its first line only.
  return cells.map((row, line) =>
    line === 0 ? [node.url, node.role, ...row, readiness(node)] : ['', '', ...row, ''],
  );
}

function readiness({ troubles }: NodeState): string {
  return troubles.length === 0 ? 'yes' : 'no';
}

function chainCells(chain: Standing | UncomparedChain): string[] {
  if (!('head' in chain)) return [printable(chain.name), '', '', '', '', uncompared(chain)];
  const { head, lag, agreement } = chain;
  return [
    printable(head.name),
    thousands(head.index),
    head.hash.slice(0, HASH_CHARACTERS),
    thousands(head.entries),
    lag === 0 ? '-' : thousands(lag),
    agreement === 'alone' ? '-' : agreement,
  ];
}

function uncompared(chain: UncomparedChain): string {
  return 'fault' in chain ? 'FAULT' : 'unsupported';
}

/** A line for each node. */
function nodesText(nodes: readonly NodeStatus[]): string {
  const rows = nodes.flatMap(({ node, chains }) =>
    'unreachable' in node ? [] : [[node.url, node.role, thousands(chains.length), readiness(node)]],
  );
  return table([['NODE', 'ROLE', 'CHAINS', 'READY'], ...rows]);
}

/** A line for each chain, summarizing its nodes; the notes name individual nodes. */
function chainsText(nodes: readonly NodeStatus[]): string {
  const standings = new Map<Hash, Standing[]>();
  const rows: string[][] = [];
  for (const chain of nodes.flatMap(({ chains }) => chains)) {
    if (!('head' in chain)) {
      rows.push([printable(chain.name), '', '', '', '', '', uncompared(chain)]);
      continue;
    }
    const { id } = chain.head;
    standings.set(id, [...(standings.get(id) ?? []), chain]);
  }
  return table([
    ['CHAIN', 'HEAD', 'HASH', 'ENTRIES', 'NODES', 'BEHIND', 'AGREEMENT'],
    ...[...standings.values()].map((same) => sharedCells(same, isAmbiguous(same, standings.values()))),
    ...rows,
  ]);
}

/** Whether another chain has the same name: names are local to a node. */
function isAmbiguous(same: readonly Standing[], all: Iterable<readonly Standing[]>): boolean {
  return [...all].some((other) => other !== same && nameOf(other) === nameOf(same));
}

/** The name that most nodes give a chain. */
function nameOf(standings: readonly Standing[]): string {
  return furthest(standings).head.name;
}

function furthest(standings: readonly Standing[]): Standing {
  return standings.reduce((a, b) => (b.head.index > a.head.index ? b : a));
}

function sharedCells(standings: readonly Standing[], withId: boolean): readonly string[] {
  const { head } = furthest(standings);
  const agreements = standings.map(({ agreement }) => agreement);
  const worst = UNSOUND.find((unsound) => agreements.includes(unsound));
  const lag = Math.max(...standings.map((standing) => standing.lag));
  return [
    printable(head.name) + (withId ? ` (${head.id.slice(0, ID_CHARACTERS)})` : ''),
    thousands(head.index),
    head.hash.slice(0, HASH_CHARACTERS),
    thousands(head.entries),
    String(standings.length),
    lag === 0 ? '-' : `up to ${thousands(lag)}`,
    worst ?? (standings.length === 1 ? '-' : 'agree'),
  ];
}

/** The reasons why nodes aren't ready or don't agree, one per line. */
function notes(nodes: readonly NodeStatus[]): string {
  return nodes.flatMap((status) => [...troubleNotes(status), ...disagreementNotes(status)]).join('');
}

function troubleNotes({ node, chains }: NodeStatus): readonly string[] {
  if ('unreachable' in node) return [];
  const notes = node.troubles.map((trouble) => `${node.url} is not ready: ${printable(trouble)}\n`);
  return notes.length === 0 && chains.length === 0 ? [`${node.url} shows no chains\n`] : notes;
}

function disagreementNotes({ node, chains }: NodeStatus): readonly string[] {
  return chains.flatMap((chain) => {
    if (!('head' in chain)) {
      const reason = 'fault' in chain ? chain.fault : `unsupported: ${chain.unsupported}`;
      return [`${node.url}: ${printable(chain.name)}: ${printable(reason)}\n`];
    }
    const { why, agreement, head } = chain;
    if (why === undefined) return [];
    return [`${node.url}: ${agreement} on ${printable(head.name)}: ${printable(why)}\n`];
  });
}
