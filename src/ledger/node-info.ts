/** The port to the information that a node gives about itself on the routes that both roles serve. */

import type { Hash } from '../chain/bytes/bytes.js';

export type Role = 'producer' | 'follower';

/** The entries that wait for a block. */
export interface Waiting {
  /** the number of all waiting entries */
  readonly entries: number;
  /** the number of entries that the next block has so far */
  readonly next: number;
  /** milliseconds until it is sealed by time; null if it is not sealed by time, or if nothing waits */
  readonly byTimeMs: number | null;
  /** the number of further entries until it is sealed by count; null if it is not sealed by count */
  readonly byCount: number | null;
}

/** A witness, as others name it in a policy. */
export interface WitnessIdentity {
  /** of its key */
  readonly name: string;
  /** its key as a text, by C2SP signed-note */
  readonly verifierKey: string;
}

/** Provided by the role's root module. */
export abstract class NodeInfo {
  abstract readonly role: Role;
  /** The first address that this node pulls from; undefined on a producer. */
  abstract readonly upstream: string | undefined;
  /** All upstreams, in the operator's order. */
  get upstreams(): readonly string[] {
    return this.upstream === undefined ? [] : [this.upstream];
  }
  /** Why the node is not ready; empty if it is. */
  abstract troubles(): readonly string[];
  /** Facts for /health/ready and /chains, such as how stale a follower is. */
  abstract details(): Readonly<Record<string, string | number | boolean | null>>;
  /** When an upstream stopped answering as a node does, in milliseconds since 1970-01-01 UTC; undefined while it does. */
  unreachableSince(_upstream: string): number | undefined {
    return undefined;
  }
  /** The fault that ended following a chain from an upstream: it overrides any agreement. */
  faultOf(_chain: Hash, _upstream: string): string | undefined {
    return undefined;
  }
  /** This node as a witness; undefined if it is none. */
  get witness(): WitnessIdentity | undefined {
    return undefined;
  }
  /** The entries that wait for a block of a chain; undefined if this node does not seal it. */
  waiting(_chain: Hash): Waiting | undefined {
    return undefined;
  }
}
