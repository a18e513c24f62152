/** Who did what: a log line for each request that a token's holder changed something with, and a record where a chain is kept of them. */
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Scope } from '../../access/scopes.js';
import { scopeOf } from './route-scopes.js';
import type { AskedChain } from './api-token.js';

/** What a request has changed: noted by its handler. */
export interface NotedAct {
  /** undefined if it concerns no single chain */
  readonly chain: AskedChain | undefined;
  /** such as the id of an entry and the block that was promised; no secrets, and nothing of an entry's content */
  readonly detail: ActDetail;
}

export type ActDetail = Readonly<Record<string, string | number | readonly string[]>>;

/** An act with its actor. */
export interface Act extends NotedAct {
  /** the name of the token that was used, or that was added, removed or changed */
  readonly token: string;
  readonly act: Scope | 'token added' | 'token removed' | 'token changed';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** set by handlers of changes that were made, and were not made before by the same request */
    act: NotedAct | undefined;
  }
}

/** The port to a chain of acts. Provided by a producer with AUDIT_CHAIN. */
export abstract class ActTrail {
  /** Resolves when it is on disk, or can't be stored, which it reports itself. Never rejects. */
  abstract record(act: Act): Promise<void>;
}

/** Acts that are too many for a record each: an entry is on a chain itself. */
const UNRECORDED: ReadonlySet<Act['act']> = new Set(['submit', 'read']);

/** Remembers what a handler did. */
export function noteAct(
  request: FastifyRequest,
  chain: AskedChain | undefined,
  detail: () => ActDetail,
): void {
  // Without a token nobody is named.
  if (request.caller !== undefined)
    request.act = { chain: chain && { name: chain.name, id: chain.id }, detail: detail() };
}

/** @param trail undefined: acts are only logged */
export function reportActs(fastify: FastifyInstance, trail: ActTrail | undefined): void {
  const logger = new Logger('Access');
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const act = reply.statusCode < 400 ? actOf(request) : undefined;
    if (act === undefined) return done(null, payload);
    logger.log(actLine(act));
    if (trail === undefined || UNRECORDED.has(act.act)) return done(null, payload);
    // The answer says that it is done: so it waits for the record.
    void trail.record(act).then(() => done(null, payload));
  });
}

function actOf({ act: noted, caller, routeOptions }: FastifyRequest): Act | undefined {
  if (noted === undefined || caller === undefined) return undefined;
  const act = scopeOf(routeOptions.url ?? '');
  return act === undefined ? undefined : { ...noted, token: caller.name, act };
}

/** Such as "The token shop: submit on aka, id 61a5…, block 7". */
function actLine({ token, act, chain, detail }: Act): string {
  const where = chain === undefined ? '' : ` on ${chain.name}`;
  const parts = Object.entries(detail).map(([name, value]) => `${name} ${String(value)}`);
  return [`The token ${token}: ${act}${where}`, ...parts].join(', ');
}
