/** Explains routes that a node doesn't have, but that users may expect. */

/** Optionally provided by a role's module: tells where the other role's routes are. */
export abstract class MissingRouteHint {
  /** @returns the sentence for the 404, or undefined if this path is not one of the other role's */
  abstract message(method: string, path: string): string | undefined;
}

/** The route of consensus in Learn Blockchains by Building One, on which these routes are modelled. */
const RESOLVE = '/nodes/resolve';

const NOTHING_TO_RESOLVE =
  'there is nothing to resolve: one producer seals all blocks, a sealed block is final, and no node ever replaces a ' +
  'verified block by another, so no chain wins by being longer. GET /network shows whether other nodes have the same blocks';

/** @returns the sentence for the 404, or undefined if there is nothing to explain */
export function explainMissing(
  method: string,
  path: string,
  hint: MissingRouteHint | undefined,
): string | undefined {
  // A browser sends OPTIONS before the actual request.
  if (method === 'OPTIONS') return undefined;
  return path === RESOLVE ? NOTHING_TO_RESOLVE : hint?.message(method, path);
}
