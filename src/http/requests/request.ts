/** Helpers for requests. */
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** Of a target in absolute form (RFC 9112, section 3.2.2): the part before the path. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/** The requested path, without the query. */
export function pathOf(request: FastifyRequest): string {
  const url = request.url.startsWith('/') ? request.url : request.url.replace(ORIGIN, '');
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';
export const NDJSON_TYPE = 'application/x-ndjson';
export const LINES_TYPE = `${NDJSON_TYPE}; charset=utf-8`;

/** Whether the client prefers NDJSON; a client that accepts neither gets JSON. */
export function wantsNdjson(request: FastifyRequest): boolean {
  return new Negotiator(request).mediaType([JSON_TYPE, LINES_TYPE]) === LINES_TYPE;
}

/** RFC 9110, section 8.8.3; the first group is the opaque tag. */
const ENTITY_TAG = /(?:W\/)?("[^"]*")/g;

/**
 * Whether the client already has the content with this entity tag (RFC 9110, section 13.1.2): any tag in a list,
 * compared weakly, since compression doesn't change the content.
 */
export function hasCurrent(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  if (known.trim() === '*') return true;
  for (const [, tag] of known.matchAll(ENTITY_TAG)) if (tag === etag) return true;
  return false;
}
