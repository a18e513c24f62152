/** The HTTP application of a teaching node: everything around the routes, the same for all of them. */
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify as makeFastify, type FastifyInstance } from 'fastify';
import type { NodeConfig } from '../../config/config.js';
import { requireToken } from '../../http/server/api-token.js';
import { refuseForeignPages } from '../../http/server/foreign-pages.js';
import { logRequests } from '../../http/server/observe.js';
import { ProblemFilter } from '../../http/server/problem.filter.js';
import { pathOf } from '../../http/requests/request.js';
import { RouteTable } from '../../http/server/route-table.js';
import type { AnswerHeaders } from '../../http/server/answer-headers.js';
import { Edge } from '../../http/server/edge.js';
import { setupSwagger } from '../../http/openapi/swagger.js';
import { NodeLogger } from '../../logging/node-logger.js';
import { parseBodies } from './body.js';
import { OriginalAnswerFilter } from './original-answer.js';

export interface TeachingAppOptions {
  readonly title: string;
  readonly description: string;
  /** whether pages of any origin may use this node, if CORS_ORIGIN is not set */
  readonly isOpenToPages?: boolean;
  /** whether bodies may be forms, as in this node's original */
  readonly takesForms?: boolean;
}

/** The application, ready for `listen()`. */
export async function createTeachingApp(
  rootModule: DynamicModule,
  given: NodeConfig,
  options: TeachingAppOptions,
): Promise<NestFastifyApplication> {
  const isOpen = options.isOpenToPages === true && given.corsOrigins === undefined;
  const config = isOpen ? { ...given, corsOrigins: ['*'], corsWrite: true } : given;
  const edge = await Edge.create(config);
  // Fastify would answer HEAD by running GET, but a HEAD request must not mine a block.
  const fastify = makeFastify({ ...edge.serverOptions(), exposeHeadRoutes: false });
  const routes = new RouteTable();
  const problems = new ProblemFilter();
  fastify.addHook('onRoute', (route) => {
    // Nest's own handler runs too late for routes that aren't its own.
    route.errorHandler ??= (error, request, reply) => problems.answer(error, request, reply);
    routes.add(route);
  });
  parseBodies(fastify, edge.bodies, options.takesForms === true);
  await edge.register(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, new FastifyAdapter(fastify), {
    bodyParser: false,
    logger: new NodeLogger(config),
    abortOnError: false,
  });
  app.useGlobalFilters(problems, new OriginalAnswerFilter());
  if (config.logLevel === 'debug' || config.logLevel === 'trace') logRequests(fastify);
  refuseUnrouted(fastify, routes, edge.headers);
  refuseForeignPages(fastify, config);
  if (config.apiToken !== undefined) requireToken(fastify);
  setupSwagger(app, {
    ...options,
    tags: TAGS,
    needsToken: config.apiToken !== undefined,
    isRateLimited: config.rateLimitPerMinute !== undefined,
  });
  return app;
}

const TAGS = [
  ['chain', 'The chain, as its original serves it'],
  ['wallet', 'Keys and signatures'],
  ['classroom', 'Three networks beside each other'],
] as const;

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
