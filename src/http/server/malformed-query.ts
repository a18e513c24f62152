/** Refuses an undecodable query, like an undecodable path: taken literally, it would name something else. */
import type { FastifyInstance } from 'fastify';
import { InvalidInput } from '../../ledger/errors.js';

export function refuseMalformedQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url } = request;
    const at = url.indexOf('?');
    // Most queries have no escapes.
    if (at === -1 || !url.includes('%', at) || isDecodable(url.slice(at + 1))) done();
    else done(new InvalidInput([{ field: '', message: 'the query must be percent-encoded UTF-8' }]));
  });
}

function isDecodable(query: string): boolean {
  try {
    decodeURIComponent(query);
    return true;
  } catch {
    return false;
  }
}
