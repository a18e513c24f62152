/** Small facts about a request. */
import type { FastifyRequest } from 'fastify';

/** The path as it was asked for, without the query. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

export const NDJSON_TYPE = 'application/x-ndjson';

export function wantsNdjson(request: FastifyRequest): boolean {
  return request.headers.accept?.includes(NDJSON_TYPE) === true;
}

/**
 * Whether the client already has what this entity tag names (RFC 9110, section 13.1.2): any tag in a list,
 * compared weakly, since a compressed answer is the same answer.
 */
export function hasCurrent(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  return known.split(',').some((tag) => {
    const name = tag.trim();
    return name === '*' || name.replace(/^W\//, '') === etag;
  });
}
