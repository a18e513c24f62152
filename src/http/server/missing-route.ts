/** Explanations of routes that a node doesn't have, but that users may well look for. */

/** Given by a role's module, or not at all: where the other role's routes are. */
export abstract class MissingRouteHint {
  /** @returns the sentence for the 404, or undefined where this path is none of the other role's */
  abstract message(method: string, path: string): string | undefined;
}

/** The route of consensus in Learn Blockchains by Building One, which these routes are modelled on. */
const RESOLVE = '/nodes/resolve';

const NOTHING_TO_RESOLVE =
  'there is nothing to resolve: one producer seals all blocks, a sealed block is final, and no node ever replaces a ' +
  'verified block by another, so no chain wins by being longer. GET /network shows whether other nodes have the same blocks';

/** @returns the sentence for the 404, or undefined where there is nothing to explain */
export function explainMissing(
  method: string,
  path: string,
  hint: MissingRouteHint | undefined,
): string | undefined {
  // A browser asks by OPTIONS before it asks what it means.
  if (method === 'OPTIONS') return undefined;
  return path === RESOLVE ? NOTHING_TO_RESOLVE : hint?.message(method, path);
}
