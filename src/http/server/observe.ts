/** Measures every request, and logs it at the level debug. */
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, type Registry } from 'prom-client';
import type { NodeLogger } from '../../logging/node-logger.js';
import { pathOf } from '../requests/request.js';

/** In seconds; the smallest is about the time of one commit. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function measureRequests(fastify: FastifyInstance, registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'bpsc_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS,
    registers: [registry],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    // The pattern, not the path: a path per transaction would be a series per transaction.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    seconds.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}

export function countLostLines(registry: Registry, logger: NodeLogger): void {
  new Counter({
    name: 'bpsc_log_lines_dropped_total',
    help: 'Log lines that could not be written because the disk was full or the log was not read',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(logger.dropped);
    },
  });
}

export function logRequests(fastify: FastifyInstance): void {
  const logger = new Logger('Request');
  fastify.addHook('onResponse', (request, reply, done) => {
    const time = `${reply.elapsedTime.toFixed(1)} ms`;
    logger.debug(`${request.method} ${pathOf(request)} ${reply.statusCode} ${time}`);
    done();
  });
}
