/** Nodes are identified by their URL's origin, in whatever form they are sent. */
import { InvalidInput, type FieldError } from '../ledger/errors.js';

/** The maximum number of nodes in one request. */
export const NODES_MAX = 100;
const URL_CHARACTERS_MAX = 2048;
const EXPECTED = 'must be an http or https URL without a user and a query, or host:port';

/**
 * The origins of nodes that are sent as URLs or host:port, without duplicates.
 * @throws InvalidInput that names each `nodes[i]` which is neither
 */
export function parseNodeUrls(values: readonly unknown[]): readonly string[] {
  const origins = values.map(originOf);
  const errors: FieldError[] = [];
  origins.forEach((origin, position) => {
    if (origin === undefined) errors.push({ field: `nodes[${position}]`, message: EXPECTED });
  });
  if (errors.length > 0) throw new InvalidInput(errors);
  return [...new Set(origins as readonly string[])];
}

/** http, https or no scheme, a host that doesn't end with a colon, no credentials; a path is allowed and dropped. */
const WRITTEN = /^(?:https?:\/\/)?[^\s/\\?#@]*[^\s/\\?#@:](?:\/(?!\/)\S*)?$/i;
const SCHEME = /^https?:\/\//i;

/** The origin, without a trailing slash; undefined if there is none. */
function originOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > URL_CHARACTERS_MAX) return undefined;
  if (!WRITTEN.test(value)) return undefined;
  const url = SCHEME.test(value) ? value : `http://${value}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
