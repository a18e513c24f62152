/** The information that a node gives about itself on the routes that both roles serve. */

import type { Hash } from '../chain/bytes/bytes.js';

export type Role = 'producer' | 'follower';

/** The entries that wait for a block. */
export interface Waiting {
  /** entries in all */
  readonly entries: number;
  /** entries that the next block will have, as things stand */
  readonly next: number;
  /** milliseconds until it is sealed by time; null: not by time, or nothing waits */
  readonly byTimeMs: number | null;
  /** entries that are missing until it is sealed by count; null: not by count */
  readonly byCount: number | null;
}

/** Given by the role's root module. */
export abstract class NodeInfo {
  abstract readonly role: Role;
  /** The first address that this node pulls from; undefined on a producer. */
  abstract readonly upstream: string | undefined;
  /** All of them, in the operator's order. */
  get upstreams(): readonly string[] {
    return this.upstream === undefined ? [] : [this.upstream];
  }
  /** Why the node isn't fit to be asked; empty when it is. */
  abstract troubles(): readonly string[];
  /** Facts for /health/ready and /chains, such as how stale a follower is. */
  abstract details(): Readonly<Record<string, string | number | boolean | null>>;
  /** Since when an upstream doesn't answer as a node does, in milliseconds since 1970-01-01 UTC; undefined while it does. */
  unreachableSince(_upstream: string): number | undefined {
    return undefined;
  }
  /** The fault by which a chain is no longer followed from an upstream: it overrides whatever agrees. */
  faultOf(_chain: Hash, _upstream: string): string | undefined {
    return undefined;
  }
  /** The entries that wait for a block of a chain; undefined where this node does not seal it. */
  waiting(_chain: Hash): Waiting | undefined {
    return undefined;
  }
}
