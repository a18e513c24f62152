/** Finds out whose token a request carries, and refuses what it doesn't allow. */
import { UnauthorizedException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../../access/access.js';
import { SCOPES, type Caller } from '../../access/scopes.js';
import { Forbidden } from './problem.js';
import { changesSomething, scopeOf } from './route-scopes.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** whose token it carries; undefined without a valid one */
    caller: Caller | undefined;
  }
}

/** A chain as tokens name it. */
export interface AskedChain {
  readonly name: string;
  readonly id: string;
}

/** The chain that a request is about; undefined if there is none, which its handler then says. */
export type ChainOf = (request: FastifyRequest) => AskedChain | undefined;

/** Must run before what counts the requests of each caller. */
export function identifyCallers(fastify: FastifyInstance, access: Access): void {
  fastify.decorateRequest('caller', undefined);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const sent = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (sent !== undefined) request.caller = access.identify(sent);
    done();
  });
}

/**
 * Refuses requests that change something without a token that allows it. It is a hook rather than a Nest guard, since a
 * hook runs before the body is read: a stranger can't make the node parse megabytes.
 */
export function requireToken(fastify: FastifyInstance, chainOf: ChainOf = () => undefined): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = request.routeOptions.url ?? '';
    if (!changesSomething(request.method, path)) return done();
    const { caller } = request;
    if (caller === undefined) {
      reply.header('www-authenticate', 'Bearer');
      return done(new UnauthorizedException('this route needs the node’s token: Authorization: Bearer …'));
    }
    const needed = scopeOf(path);
    const isAllowed = needed === undefined ? caller.scopes.size === SCOPES.length : caller.scopes.has(needed);
    if (!isAllowed) {
      // RFC 6750, section 3.1.
      reply.header(
        'www-authenticate',
        `Bearer error="insufficient_scope", scope="${needed ?? SCOPES.join(' ')}"`,
      );
      return done(new Forbidden('SCOPE_MISSING', missing(caller, needed)));
    }
    const refused =
      caller.chains === undefined ? undefined : otherChain(caller, caller.chains, chainOf(request));
    done(refused);
  });
}

function missing({ name, scopes }: Caller, needed: string | undefined): string {
  return `this route needs ${needed === undefined ? 'all scopes' : `the scope ${needed}`}: the token ${name} has ${[...scopes].join(', ')}`;
}

function otherChain(
  { name }: Caller,
  allowed: ReadonlySet<string>,
  chain: AskedChain | undefined,
): Forbidden | undefined {
  if (chain === undefined || allowed.has(chain.name) || allowed.has(chain.id)) return undefined;
  return new Forbidden(
    'CHAIN_NOT_ALLOWED',
    `the token ${name} is not for the chain ${chain.name}: it is for ${[...allowed].join(', ')}`,
  );
}
