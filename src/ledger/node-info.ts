/** What a node tells about itself on the routes that both roles serve. */

export type Role = 'producer' | 'follower';

/** Given by the role's root module. */
export abstract class NodeInfo {
  abstract readonly role: Role;
  /** The producer's address as far as this node knows; undefined on the producer itself. */
  abstract readonly upstream: string | undefined;
  /** Why the node isn't fit to be asked; empty when it is. */
  abstract troubles(): readonly string[];
  /** Facts for /health/ready and /chains, such as how stale a follower is. */
  abstract details(): Readonly<Record<string, string | number | boolean | null>>;
}
