/** How a follower stands with its upstream, as its node says. */
import type { Chains, Details, FaultItem, NodeStatus } from './types.js';

/** What is known of the node. */
export interface KnownState {
  readonly chains: Pick<Chains, 'details'> | undefined;
  readonly status: Pick<NodeStatus, 'details' | 'troubles'> | undefined;
  readonly faults: readonly FaultItem[];
}

export interface UpstreamState {
  /** whether it caught its upstream at fault, and follows it no more: that overrides every agreement */
  readonly isAtFault: boolean;
  /** since when it gets no answer, and why; undefined when it does */
  readonly away: { readonly since: number; readonly isOther: boolean; readonly reason: string } | undefined;
}

/** Those of upstreams: what froze a chain is its producer's fault. */
export function ofUpstreams(faults: readonly FaultItem[]): readonly FaultItem[] {
  return faults.filter(({ frozen }) => frozen !== true);
}

export function upstreamState(node: KnownState): UpstreamState {
  const { status } = node;
  const faults = ofUpstreams(node.faults);
  const details = detailsOf(node);
  const { unreachable_since: since, upstream_state: state, last_error: error } = details;
  // Before the first status a fault is taken for one that stands.
  const isAtFault = faults.length > 0 && (status?.troubles.some(isOfFault) ?? true);
  if (typeof since !== 'number') return { isAtFault, away: undefined };
  const reason = typeof error === 'string' ? error : '';
  return { isAtFault, away: { since, isOther: state === 'not_a_node', reason } };
}

/** Whether the chain of this name is no longer followed from any upstream. */
export function isStopped(node: Pick<KnownState, 'chains' | 'status'>, chain: string): boolean {
  return typeof detailsOf(node)[`fault_${chain}`] === 'string';
}

function detailsOf({ chains, status }: Pick<KnownState, 'chains' | 'status'>): Details {
  return status?.details ?? chains?.details ?? {};
}

/** Whether a trouble is that a chain is frozen, which is said in its own words. */
export function isOfFrozen(trouble: string): boolean {
  return /GET \/chains\/[^/ ]+\/evidence/.test(trouble);
}

export function isOfFault(trouble: string): boolean {
  return trouble.includes('GET /faults');
}
