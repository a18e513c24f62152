/** Requires the node's token for requests that change something. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { UnauthorizedException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ADD_CHECKPOINT } from '../../ledger/witness-limits.js';

/** Routes that seal a block with any method, as in the papers. */
export const SEALING_PATHS: ReadonlySet<string> = new Set(['/mine', '/information/mine']);

/** Routes that anybody may call with any method: their data is signed. */
const FOR_ANYBODY: ReadonlySet<string> = new Set([ADD_CHECKPOINT]);

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a route changes something: then it requires the node's token, if there is one, and pages of other sites can't use it. */
export function changesSomething(method: string, path: string): boolean {
  return (!READING.has(method) && !FOR_ANYBODY.has(path)) || SEALING_PATHS.has(path);
}

/**
 * Refuses requests without the token. It is a hook rather than a Nest guard, since a hook runs before the body is read:
 * a stranger can't make the node parse megabytes.
 */
export function requireApiToken(fastify: FastifyInstance, token: string): void {
  const expected = digest(token);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!changesSomething(request.method, request.routeOptions.url ?? '')) return done();
    const sent = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Digests have the same length, so the comparison time reveals nothing about the token.
    if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return done();
    reply.header('www-authenticate', 'Bearer');
    done(new UnauthorizedException('this route needs the node’s token: Authorization: Bearer …'));
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
