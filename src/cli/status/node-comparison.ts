/** Compares the chains of several nodes, and how far each node is. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { NodeUnreachable } from '../../peer/node-client.js';
import type { HeadState, NodeState } from './node-state.js';

export type Agreement =
  /** there is no other node to compare it with */
  | 'alone'
  /** the others are compared with it */
  | 'reference'
  | 'agree'
  | 'DISAGREE'
  /** it has evidence that the producer told two stories, and takes no more blocks of the chain: this overrides the rest */
  | 'FROZEN'
  /** it found its upstream at fault and no longer follows it: this overrides any agreement */
  | 'FAULT'
  /** the comparison failed */
  | 'unknown';

export interface Standing {
  readonly head: HeadState;
  /** blocks behind the highest head of the same chain */
  readonly lag: number;
  readonly agreement: Agreement;
  /** of a disagreement, or why the comparison failed */
  readonly why: string | undefined;
}

/** The hash of a node's block at an index not beyond its head. @throws NodeUnreachable */
export type HashAt = (node: NodeState, head: HeadState, index: number) => Promise<Hash>;

interface Placed {
  readonly node: NodeState;
  readonly head: HeadState;
}

/** The result for each node that shows a chain. */
export type Standings = ReadonlyMap<NodeState, Standing>;

/** The results of all nodes for all chains that they show, by chain id. */
export async function compareNodes(
  nodes: readonly NodeState[],
  hashAt: HashAt,
): Promise<ReadonlyMap<Hash, Standings>> {
  const placed = nodes.flatMap((node) =>
    node.chains.flatMap((head) => ('id' in head ? [{ node, head }] : [])),
  );
  const ids = new Set(placed.map(({ head }) => head.id));
  const standings = await Promise.all(
    [...ids].map(async (id) => {
      const same = placed.filter(({ head }) => head.id === id);
      return [id, await compareChain(same, placed, hashAt)] as const;
    }),
  );
  return new Map(standings);
}

/** @param same all that show the chain. @param all chains of all nodes */
async function compareChain(
  same: readonly Placed[],
  all: readonly Placed[],
  hashAt: HashAt,
): Promise<Standings> {
  const reference = referenceOf(same);
  const highest = Math.max(...same.map(({ head }) => head.index));
  const standings = await Promise.all(
    same.map(async (one) => {
      const [agreement, why] = isAnother(one, all)
        ? (['DISAGREE', 'another chain id'] as const)
        : await agreementOf(one, reference, same.length, hashAt);
      return [one.node, { head: one.head, lag: highest - one.head.index, agreement, why }] as const;
    }),
  );
  return new Map(standings);
}

/**
 * Whether the chain that a node has under a name differs from that of the producers among these nodes (or, without any,
 * of the others), and the node does not have theirs as well. Names are local to a node: two producers may use the same.
 */
function isAnother({ node, head }: Placed, all: readonly Placed[]): boolean {
  const others = all.filter((other) => other.node !== node);
  const producers = others.filter((other) => other.node.role === 'producer');
  if (node.role === 'producer' || others.some((other) => other.head.id === head.id)) return false;
  return (producers.length > 0 ? producers : others).some(
    (other) =>
      other.head.name === head.name &&
      !all.some((shown) => shown.node === node && shown.head.id === other.head.id),
  );
}

/** The producer, where every block originates; without one, the node with the highest head. */
function referenceOf(placed: readonly Placed[]): Placed | undefined {
  const producers = placed.filter(({ node }) => node.role === 'producer');
  const candidates = producers.length > 0 ? producers : placed;
  return [...candidates].sort((a, b) => b.head.index - a.head.index)[0];
}

async function agreementOf(
  one: Placed,
  reference: Placed | undefined,
  nodes: number,
  hashAt: HashAt,
): Promise<readonly [Agreement, string | undefined]> {
  const { upstreamFault, isFrozen, name } = one.head;
  if (isFrozen)
    return ['FROZEN', `its producer told two stories: GET /chains/${name}/evidence has the proof`];
  if (upstreamFault !== undefined) return ['FAULT', `its upstream is at fault: ${upstreamFault}`];
  if (reference === undefined || nodes === 1) return ['alone', undefined];
  if (one === reference) return ['reference', undefined];
  const index = Math.min(one.head.index, reference.head.index);
  const hashOf = async ({ node, head }: Placed): Promise<Hash> =>
    head.index === index ? head.hash : hashAt(node, head, index);
  try {
    const [ours, theirs] = await Promise.all([hashOf(one), hashOf(reference)]);
    return ours === theirs ? ['agree', undefined] : ['DISAGREE', `another block ${index}`];
  } catch (error) {
    if (error instanceof NodeUnreachable) return ['unknown', error.message];
    throw error;
  }
}
