/** Everything between the network and the routes: refusals and time limits. */
import type { Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyHttpOptions } from 'fastify';
import type { Registry } from 'prom-client';
import { Access } from '../../access/access.js';
import type { NodeConfig } from '../../config/config.js';
import { identifyCallers } from './api-token.js';
import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
import { sendProblem } from './problem.filter.js';
import { answerTo } from './problem.js';
import { RateLimit } from './rate-limit.js';
import { AnswerHeaders } from './answer-headers.js';
import { Bodies } from './bodies.js';
import { closeWhenIdle } from './close.js';
import { Connections } from './connections.js';
import { EarlyErrors } from './early-errors.js';
import { EdgeCounts, registerEdgeMetrics } from './edge-counts.js';
import { protocolRefusal } from './protocol.js';

/** Room for a name of 128 characters, each of 4 bytes, each byte as %XX; a longer one gets a clear error. */
const PARAM_CHARACTERS_MAX = 16 * 1024;
/** How often Node checks for late requests, which is cheap. */
const LOOKS_PER_SILENCE = 4;

export class Edge {
  readonly bodies: Bodies;
  /** the tokens that requests may carry */
  readonly access: Access;
  private readonly counts = new EdgeCounts();
  private readonly limit: RateLimit;
  private readonly early: EarlyErrors;
  private readonly connections: Connections;

  private constructor(
    private readonly config: NodeConfig,
    readonly headers: AnswerHeaders,
  ) {
    this.access = new Access(config.apiToken, config.tokensFile, SYSTEM_CLOCK);
    this.limit = new RateLimit(config.rateLimitPerMinute, this.counts);
    this.early = new EarlyErrors(headers, this.limit, this.counts);
    this.connections = new Connections(config, this.early, this.counts);
    this.bodies = new Bodies(config.bodyBytesInFlightMax, this.counts);
  }

  /** @throws OperatorError if the tokens file can't be read */
  static async create(config: NodeConfig): Promise<Edge> {
    return new Edge(config, await AnswerHeaders.create(config));
  }

  serverOptions(): FastifyHttpOptions<Server> {
    const { bodyBytesMax, requestTimeoutMs, clientSilenceMs } = this.config;
    return {
      bodyLimit: bodyBytesMax,
      // Open requests end; idle connections don't keep the process alive.
      forceCloseConnections: 'idle',
      return503OnClosing: false,
      requestTimeout: requestTimeoutMs,
      connectionTimeout: clientSilenceMs,
      http: {
        headersTimeout: clientSilenceMs,
        connectionsCheckingInterval: Math.ceil(clientSilenceMs / LOOKS_PER_SILENCE),
        // A request without Host is refused like any other bad request.
        requireHostHeader: false,
      },
      clientErrorHandler: (error, socket) => this.early.answer(error, socket),
      // An undecodable path reaches no route, no hook and no filter.
      frameworkErrors: (error, request, reply) => void this.answerMisrouted(error, request, reply),
      routerOptions: { maxParamLength: PARAM_CHARACTERS_MAX },
    };
  }

  /** Must run before all other hooks. */
  async register(fastify: FastifyInstance): Promise<void> {
    const { server } = fastify;
    this.connections.watch(server);
    this.bodies.register(fastify);
    closeWhenIdle(fastify);
    hearWhyBeforeClosing(fastify);
    server.on('connect', (request, socket) => this.early.refuseConnect(request, socket));
    // Node would answer it with only a status.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    await this.headers.register(fastify);
    identifyCallers(fastify, this.access);
    await this.limit.register(fastify);
    fastify.addHook('onRequest', (request, reply, done) => {
      this.connections.endWhenSilent(reply);
      done(this.refusal(request, reply));
    });
  }

  measure(registry: Registry): void {
    registerEdgeMetrics(registry, this.counts, { connections: this.connections, bodies: this.bodies });
  }

  private refusal(request: FastifyRequest, reply: FastifyReply): Error | undefined {
    const unspoken = protocolRefusal(request.raw);
    if (unspoken !== undefined) {
      this.counts.refused.protocol++;
      return unspoken;
    }
    const crowded = this.connections.refusal(request);
    if (crowded !== undefined) {
      reply.header('connection', 'close');
      return crowded;
    }
    return this.bodies.admit(request, reply);
  }

  private async answerMisrouted(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.headers(this.headers.withoutHooks(request.headers.origin));
    sendProblem(request, reply, answerTo((await this.limit.refusal(request.ip)) ?? error));
  }
}

/**
 * Lets a client that is still sending a body read the refusal. Fastify would close the connection after its answer,
 * and many clients don't read an answer if sending fails; so Node drains the rest.
 */
function hearWhyBeforeClosing(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ heldBytes }, reply, payload, done) => {
    if (reply.statusCode === 413 || (reply.statusCode === 503 && heldBytes > 0)) {
      reply.removeHeader('connection');
    }
    done(null, payload);
  });
}
