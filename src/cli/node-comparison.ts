/** Do several nodes have the same chains, and how far is each? */
import type { Hash } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import { NodeUnreachable } from './node-client.js';
import type { HeadState, NodeState } from './node-state.js';

export type Agreement =
  /** there is nothing to compare it with */
  | 'alone'
  /** the others are compared with it */
  | 'reference'
  | 'agree'
  | 'DISAGREE'
  /** it caught its upstream at a fault, and no longer follows it: whatever agrees, that is what counts */
  | 'FAULT'
  /** it could not be found out */
  | 'unknown';

export interface Standing {
  readonly head: HeadState;
  /** blocks behind the highest head of the same chain */
  readonly lag: number;
  readonly agreement: Agreement;
  /** of a disagreement, or why it could not be found out */
  readonly why: string | undefined;
}

/** The hash of a node's block at an index not beyond its head. @throws NodeUnreachable */
export type HashAt = (node: NodeState, head: HeadState, index: number) => Promise<Hash>;

interface Placed {
  readonly node: NodeState;
  readonly head: HeadState;
}

/** How each node that shows a chain of this kind stands. */
export async function compareNodes(
  nodes: readonly NodeState[],
  kind: ChainKind,
  hashAt: HashAt,
): Promise<ReadonlyMap<NodeState, Standing>> {
  const placed = nodes.flatMap((node) => {
    const head = node.chains.get(kind);
    return head === undefined || typeof head === 'string' ? [] : [{ node, head }];
  });
  const reference = referenceOf(placed);
  const standings = await Promise.all(
    placed.map(async (one) => {
      const same = placed.filter(({ head }) => head.id === one.head.id);
      const lag = Math.max(...same.map(({ head }) => head.index)) - one.head.index;
      const [agreement, why] = await agreementOf(one, reference, placed.length, hashAt);
      return [one.node, { head: one.head, lag, agreement, why }] as const;
    }),
  );
  return new Map(standings);
}

/** The producer, from where every block comes; else who is furthest. */
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
  const { upstreamFault } = one.head;
  if (upstreamFault !== undefined) return ['FAULT', `its upstream is at fault: ${upstreamFault}`];
  if (reference === undefined || nodes === 1) return ['alone', undefined];
  if (one === reference) return ['reference', undefined];
  if (one.head.id !== reference.head.id) return ['DISAGREE', 'another chain id'];
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
