/** Creates a node's HTTP application: everything around the routes that both roles share. */
import { Readable } from 'node:stream';
import compress from '@fastify/compress';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  fastify as makeFastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { Registry } from 'prom-client';
import { Access } from '../../access/access.js';
import { needsToken, type NodeConfig } from '../../config/config.js';
import { NotFound } from '../../ledger/errors.js';
import { NodeInfo, type Role } from '../../ledger/node-info.js';
import { NodeLogger } from '../../logging/node-logger.js';
import { requireToken } from './api-token.js';
import { ActTrail, reportActs } from './acts.js';
import { SEALING_PATHS } from './route-scopes.js';
import { reportTokens } from './report-tokens.js';
import { askedChainOf } from '../chains/asked-chain.js';
import { ChainReader } from '../chains/chain-reader.js';
import { onChain } from '../chains/chain-routes.js';
import { serveExplorer } from './explorer.js';
import { refuseForeignPages } from './foreign-pages.js';
import { useStrictJson } from '../requests/json-body.js';
import { textBytesMax } from '../requests/text-body.js';
import { explainMissing, MissingRouteHint } from './missing-route.js';
import { countLostLines, logRequests, measureRequests } from './observe.js';
import { ProblemFilter } from './problem.filter.js';
import { pathOf } from '../requests/request.js';
import { RouteTable } from './route-table.js';
import { warnOfOpenWriting } from './warn-of-open-writing.js';
import { refuseMalformedQueries } from './malformed-query.js';
import { sendTogether } from './send-together.js';
import type { AnswerHeaders } from './answer-headers.js';
import { Edge } from './edge.js';
import { setupSwagger, type ApiInfo } from '../openapi/swagger.js';
import { StrictValidationPipe } from '../requests/validation.js';

const BATCH_ROUTES: ReadonlySet<string> = new Set(onChain('transactions/batch').map((path) => `/${path}`));
const EVENTS_ROUTE = '/events';
/** Shorter answers don't benefit. */
const COMPRESS_BYTES_MIN = 1024;
const COMPRESSIBLE = /^(?:text\/(?!event-stream)|application\/(?:[a-z.+-]*json|javascript|x-ndjson))/;

export interface HttpAppOptions {
  /** the built explorer; by default the one of this build */
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
  const edge = await Edge.create(config);
  const { access } = edge;
  const fastify = makeFastify(edge.serverOptions());
  const routes = new RouteTable();
  const problems = new ProblemFilter();
  watchRoutes(fastify, config, routes, problems);
  useStrictJson(fastify, edge.bodies);
  // Before the adapter's hooks: it answers some requests in one of them.
  await edge.register(fastify);

  const adapter = new FastifyAdapter(fastify);
  const logger = new NodeLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(withAccess(rootModule, access), adapter, {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters(problems);
  await compressAnswers(app);
  sendTogether(fastify);
  measureRequests(fastify, app.get(Registry));
  edge.measure(app.get(Registry));
  countLostLines(app.get(Registry), logger);
  if (config.logLevel === 'debug' || config.logLevel === 'trace') logRequests(fastify);
  explainMissingRoutes(app, fastify);
  refuseUnrouted(fastify, routes, edge.headers);
  refuseMalformedQueries(fastify);
  refuseForeignPages(fastify, config);
  const { role } = app.get(NodeInfo);
  warnOfOpenWriting(role, config);
  if (needsToken(config)) requireToken(fastify, askedChainOf(app.get(ChainReader), role));
  const trail = provided(app, ActTrail);
  if (access.hasFile || trail !== undefined) reportActs(fastify, trail);
  if (access.hasFile) reportTokens(access, config, app.get(Registry), trail);
  await serveExplorer(fastify, webFolder);
  setupSwagger(app, apiInfo(role, config));
  return app;
}

/** The description of a node in the API document. */
export function apiInfo(role: Role, config: NodeConfig): ApiInfo {
  const isRateLimited = config.rateLimitPerMinute !== undefined;
  return { ...DESCRIPTIONS[role], needsToken: needsToken(config), isRateLimited };
}

/** The role's module, in which everything can have what knows the tokens. */
function withAccess(rootModule: DynamicModule | Type, access: Access): DynamicModule {
  const provider = { provide: Access, useValue: access };
  return {
    module: WithAccess,
    global: true,
    imports: [rootModule],
    providers: [provider],
    exports: [Access],
  };
}

@Module({})
class WithAccess {}

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

function watchRoutes(
  fastify: FastifyInstance,
  config: NodeConfig,
  routes: RouteTable,
  problems: ProblemFilter,
): void {
  fastify.addHook('onRoute', (route) => {
    if (BATCH_ROUTES.has(route.url)) route.bodyLimit = config.batchBodyBytesMax;
    const textMax = textBytesMax(route.config);
    if (textMax !== undefined) route.bodyLimit = textMax;
    // Nest's own handler runs too late for routes that aren't its own.
    route.errorHandler ??= (error, request, reply) => problems.answer(error, request, reply);
    if (route.method === 'HEAD') {
      // Fastify answers HEAD by running GET, but a HEAD request must not seal a block.
      if (SEALING_PATHS.has(route.url)) return;
      if (route.url === EVENTS_ROUTE) route.handler = answerEventsHead;
    }
    routes.add(route);
  });
}

/** There are no events on these routes. */
function answerEventsHead(_request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('connection', 'close').type('text/event-stream').send(Readable.from([]));
}

/** A hook, so that an unexpected body is not read. */
function refuseUnrouted(fastify: FastifyInstance, routes: RouteTable, headers: AnswerHeaders): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (headers.isPreflight(request)) {
      reply.code(204);
      done();
    } else {
      done(routes.refusal(request.method, pathOf(request), request.routeOptions.url));
    }
  });
}

async function compressAnswers(app: NestFastifyApplication): Promise<void> {
  await app.register(compress, {
    encodings: ['gzip'],
    threshold: COMPRESS_BYTES_MIN,
    customTypes: COMPRESSIBLE,
    // Most data are hashes: a higher level costs much and gains nothing.
    zlibOptions: { level: 1 },
    globalDecompression: false,
  });
}

/** Explains missing routes, such as the other role's, even if a pattern of this node would match the path. */
function explainMissingRoutes(app: NestFastifyApplication, fastify: FastifyInstance): void {
  const hint = provided(app, MissingRouteHint);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const message = explainMissing(request.method, pathOf(request), hint);
    if (message === undefined) done();
    else done(new NotFound(message));
  });
}

/** A provider of any module, or undefined: `app.get` would log an error for one that is missing on purpose. */
function provided<T>(app: NestFastifyApplication, token: abstract new () => T): T | undefined {
  for (const { providers } of app.get(ModulesContainer).values()) {
    const provider = providers.get(token);
    if (provider !== undefined) return provider.instance as T;
  }
  return undefined;
}
