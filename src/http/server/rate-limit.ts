/** Limits the requests of each client. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimited } from './problem.js';
import { pathOf } from '../requests/request.js';
import type { EdgeCounts } from './edge-counts.js';

const MINUTE_MS = 60_000;
/** Clients whose requests are counted; the least recently active one is dropped first. */
const CLIENTS_MAX = 10_000;

const UNLIMITED: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

/** Whether the path is never refused: monitoring. */
export function isUnlimited(path: string): boolean {
  return UNLIMITED.has(path);
}

/**
 * Counts all requests of a client, whatever their result. A client is identified by its valid token; without
 * one, by its IPv4 address or its IPv6 network of 64 bits, the size that a customer gets.
 */
export class RateLimit {
  private count: ReturnType<FastifyInstance['createRateLimit']> | undefined;

  /** @param requestsPerMinute undefined: there is no limit */
  constructor(
    private readonly requestsPerMinute: number | undefined,
    private readonly counts: EdgeCounts,
  ) {}

  /** Counts every request that reaches Fastify's hooks. */
  async register(fastify: FastifyInstance): Promise<void> {
    if (this.requestsPerMinute === undefined) return;
    await fastify.register(rateLimit, {
      global: false,
      max: this.requestsPerMinute,
      timeWindow: MINUTE_MS,
      cache: CLIENTS_MAX,
    });
    this.count = fastify.createRateLimit();
    fastify.addHook('onRequest', async (request) => {
      if (isUnlimited(pathOf(request))) return;
      const { caller } = request;
      const refusal = await (caller === undefined
        ? this.refusal(request.ip)
        : this.refusal(`token ${caller.name}`, 'token'));
      if (refusal !== undefined) throw refusal;
    });
  }

  /**
   * Counts another request of this client.
   * @param client its address, or another name for it, which no address is
   * @returns the refusal, if there is one
   */
  async refusal(
    client: string | undefined,
    kind: 'client' | 'token' = 'client',
  ): Promise<RateLimited | undefined> {
    if (this.count === undefined || client === undefined) return undefined;
    // Only this is used: early errors have nothing but an address.
    const result = await this.count({ ip: client, routeOptions: {} } as FastifyRequest);
    if (result.isAllowed || !result.isExceeded) return undefined;
    this.counts.refused.rate_limit++;
    const detail = `this node takes ${result.max} requests per minute from one ${kind}`;
    return new RateLimited(detail, result.ttlInSeconds);
  }
}
