/** Which routes change something, and the scope that a token needs for each. */
import type { Scope } from '../../access/scopes.js';
import { ADD_CHECKPOINT } from '../../ledger/witness-limits.js';

/** Routes that seal a block with any method, as in the papers. */
export const SEALING_PATHS: ReadonlySet<string> = new Set(['/mine', '/information/mine']);

/** Routes that anybody may call with any method: their data is signed. */
const FOR_ANYBODY: ReadonlySet<string> = new Set([ADD_CHECKPOINT]);

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a route changes something: then it requires a token, if the node has any, and pages of other sites can't use it. */
export function changesSomething(method: string, path: string): boolean {
  return (!READING.has(method) && !FOR_ANYBODY.has(path)) || SEALING_PATHS.has(path);
}

/** By path, without the part that names a chain. */
const SCOPES_OF: Readonly<Record<string, Scope>> = {
  '/transactions': 'submit',
  '/transactions/new': 'submit',
  '/transactions/batch': 'submit',
  '/transactions/issue': 'submit',
  '/transactions/:id/accept': 'submit',
  '/transactions/:id/decline': 'submit',
  '/information': 'submit',
  '/information/new': 'submit',
  '/information/:id/erase': 'erase',
  '/information/mine': 'seal',
  '/mine': 'seal',
  '/chains': 'chains',
  '/nodes': 'nodes',
  '/nodes/register': 'nodes',
};

/**
 * The scope for a route that changes something; undefined for one that isn't listed, which needs all of them.
 * @param path with parameters as Fastify (`:id`) or OpenAPI (`{id}`) writes them
 */
export function scopeOf(path: string): Scope | undefined {
  const plain = path.replace(/\{(\w+)\}/g, ':$1').replace(/^\/chains\/:chain(?=\/)/, '');
  return Object.hasOwn(SCOPES_OF, plain) ? SCOPES_OF[plain] : undefined;
}
