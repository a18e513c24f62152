/** What a role says of a route that only the other role has. */

/** Given by a role's module, or not at all. */
export abstract class MissingRouteHint {
  /** @returns the sentence for the 404, or undefined where this route is none of the other role's */
  abstract message(method: string, path: string): string | undefined;
}
