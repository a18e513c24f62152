/** Makes the HTTP application of a node: everything around the routes that is the same for both roles. */
import type { OutgoingHttpHeaders } from 'node:http';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import type { DynamicModule, Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  fastify as makeFastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { Registry } from 'prom-client';
import type { NodeConfig } from '../config/config.js';
import { NotFound } from '../ledger/errors.js';
import { NodeInfo, type Role } from '../ledger/node-info.js';
import { requireApiToken, SEALING_PATHS } from './api-token.js';
import { closeWhenIdle } from './close.js';
import { serveExplorer } from './explorer.js';
import { refuseForeignPages } from './foreign-pages.js';
import { useStrictJson } from './json-body.js';
import { NodeLogger } from './logging.js';
import { explainMissing, MissingRouteHint } from './missing-route.js';
import { logRequests, measureRequests } from './observe.js';
import { ProblemFilter, sendProblem } from './problem.filter.js';
import { answerTo } from './problem.js';
import { pathOf } from './request.js';
import { RouteTable } from './route-table.js';
import { sendTogether } from './send-together.js';
import { setupSwagger } from './swagger.js';
import { StrictValidationPipe } from './validation.js';

const BATCH_ROUTE = '/transactions/batch';
/** A name of 128 characters, each of 4 bytes, each byte as %XX, and more: what is too long is told so by its name. */
const PARAM_CHARACTERS_MAX = 16 * 1024;
/** For a request to arrive in full. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Shorter answers gain nothing. */
const COMPRESS_BYTES_MIN = 1024;
const COMPRESSIBLE = /^(?:text\/(?!event-stream)|application\/(?:[a-z.+-]*json|javascript|x-ndjson))/;

export interface HttpAppOptions {
  /** the built explorer; by itself the one of this build */
  readonly webFolder?: string;
}

/**
 * The application of a role, ready for `listen()`; its root module imports `CoreModule` and `ReadModule`.
 * @throws what the root module's providers throw: nothing is listening then
 */
export async function createHttpApp(
  rootModule: DynamicModule | Type,
  config: NodeConfig,
  { webFolder }: HttpAppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: config.bodyBytesMax,
    // Open requests end, idle connections don't keep the process.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A path that can't be decoded reaches no route and no filter.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(request, reply, answerTo(error)),
    routerOptions: { maxParamLength: PARAM_CHARACTERS_MAX },
  });
  const fastify: FastifyInstance = adapter.getInstance();
  const routes = new RouteTable();
  watchRoutes(fastify, routes, config);
  useStrictJson(fastify);
  answerBeforeClosing(fastify);
  closeWhenIdle(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(NodeLogger));
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters(new ProblemFilter(routes));
  await useHeaders(app, config);
  sendTogether(fastify);
  measureRequests(fastify, app.get(Registry));
  if (config.logLevel === 'debug' || config.logLevel === 'trace') logRequests(fastify);
  explainMissingRoutes(app, fastify);
  refuseForeignPages(fastify, config);
  if (config.apiToken !== undefined) requireApiToken(fastify, config.apiToken);
  serveExplorer(fastify, webFolder);
  setupSwagger(app, {
    ...DESCRIPTIONS[app.get(NodeInfo).role],
    needsToken: config.apiToken !== undefined,
    isRateLimited: config.rateLimitPerMinute !== undefined,
  });
  return app;
}

const DESCRIPTIONS: Readonly<Record<Role, { title: string; description: string }>> = {
  producer: {
    title: 'bpsc producer',
    description:
      'The one authority of a smart blockchain: it takes transactions and information, and seals them into blocks.',
  },
  follower: {
    title: 'bpsc follower',
    description:
      'A node that verifies every block of its producer before it serves it. Transactions go to the producer.',
  },
};

/**
 * Lets a client that still sends a body which is too large hear why. Fastify would close the connection after
 * its answer, and a client that finds it closed while sending often never reads; Node drains what is left.
 */
function answerBeforeClosing(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === 413) reply.removeHeader('connection');
    done(null, payload);
  });
}

function watchRoutes(fastify: FastifyInstance, routes: RouteTable, config: NodeConfig): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === BATCH_ROUTE) route.bodyLimit = config.batchBodyBytesMax;
    if (route.method === 'HEAD' && SEALING_PATHS.has(route.url)) {
      // Fastify answers HEAD by running GET, and a block sealed by asking for its size is one too many.
      route.handler = (_request, reply) => reply.callNotFound();
    } else {
      routes.add(route);
    }
  });
}

async function useHeaders(app: NestFastifyApplication, config: NodeConfig): Promise<void> {
  const { corsOrigins, corsWrite } = config;
  if (corsOrigins !== undefined) {
    app.enableCors({
      origin: corsOrigins[0] === '*' ? '*' : [...corsOrigins],
      methods: corsWrite ? ['GET', 'HEAD', 'POST', 'DELETE'] : ['GET', 'HEAD'],
      exposedHeaders: ['ETag', 'Idempotency-Hit', 'Retry-After'],
    });
  }
  await app.register(compress, {
    encodings: ['gzip'],
    threshold: COMPRESS_BYTES_MIN,
    customTypes: COMPRESSIBLE,
    // Most of what is sent are hashes: a higher level costs much and gains nothing.
    zlibOptions: { level: 1 },
    globalDecompression: false,
  });
  // What may be kept says so itself.
  const headers = { ...(await securityHeaders()), 'cache-control': 'no-cache' };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
}

/** What helmet gives every answer. It would work that out anew for each; but with these settings they are all the same. */
async function securityHeaders(): Promise<OutgoingHttpHeaders> {
  const fastify = makeFastify();
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Swagger's page styles itself.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        upgradeInsecureRequests: null,
      },
    },
    // A node speaks plain HTTP; what its proxy promises about TLS is the proxy's to say.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  fastify.get('/', (_request, reply) => reply.raw.getHeaders());
  const answer = await fastify.inject('/');
  await fastify.close();
  return answer.json();
}

/** Explains what isn't here, such as the other role's routes, also where a pattern of this node's own would match the path. */
function explainMissingRoutes(app: NestFastifyApplication, fastify: FastifyInstance): void {
  const hint = provided(app, MissingRouteHint);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const message = explainMissing(request.method, pathOf(request), hint);
    if (message === undefined) done();
    else done(new NotFound(message));
  });
}

/** What some module provides, or undefined: `app.get` would log an error for what is missing on purpose. */
function provided<T>(app: NestFastifyApplication, token: abstract new () => T): T | undefined {
  for (const { providers } of app.get(ModulesContainer).values()) {
    const provider = providers.get(token);
    if (provider !== undefined) return provider.instance as T;
  }
  return undefined;
}
