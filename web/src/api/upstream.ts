/** How a follower stands with its upstream, as its node says. */
import type { Chains, FaultItem, NodeStatus } from './types.js';

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

export function upstreamState({ chains, status, faults }: KnownState): UpstreamState {
  const details = status?.details ?? chains?.details ?? {};
  const { unreachable_since: since, upstream_state: state, last_error: error } = details;
  // Before the first status a fault is taken for one that stands.
  const isAtFault = faults.length > 0 && (status?.troubles.some(isOfFault) ?? true);
  if (typeof since !== 'number') return { isAtFault, away: undefined };
  const reason = typeof error === 'string' ? error : '';
  return { isAtFault, away: { since, isOther: state === 'not_a_node', reason } };
}

/** Whether a chain is followed no more. @param name of the chain on this node */
export function isStopped({ status }: Pick<KnownState, 'status'>, name: string): boolean {
  const start = `${name} is no`;
  return status?.troubles.some((trouble) => isOfFault(trouble) && trouble.startsWith(start)) ?? false;
}

export function isOfFault(trouble: string): boolean {
  return trouble.includes('GET /faults');
}
