/** What a token may allow, and whose token a request carries. */

/** What a token may allow; README and docs/operations.md list them too. */
export const SCOPES = ['submit', 'seal', 'erase', 'chains', 'nodes', 'read'] as const;
export type Scope = (typeof SCOPES)[number];

/** Scopes of acts that concern no single chain: a token for some chains can't have them. */
export const NODE_SCOPES: ReadonlySet<Scope> = new Set(['chains', 'nodes']);

/** Whose token it is, and what it allows. Never the token itself. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** names or ids of the chains on which it may submit, seal and erase; undefined: all */
  readonly chains: ReadonlySet<string> | undefined;
}

/** The name of the caller that has the node's API_TOKEN; no token of a file can have it. */
export const API_TOKEN_NAME = 'API_TOKEN';

/** The caller that has the node's API_TOKEN: it may do everything. */
export const OWNER: Caller = { name: API_TOKEN_NAME, scopes: new Set(SCOPES), chains: undefined };

export function isScope(text: unknown): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
