/** Serves a page of web/teaching: the built files of it, read and compressed once. */
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { CONTENT_SECURITY_POLICY, readFiles, send } from '../../http/server/explorer.js';

/** Where the build puts the pages: dist/teaching/web, beside dist/teaching/http. */
const FOLDER = path.resolve(import.meta.dirname, '../web');
const MISSING = 'The page is not part of this build: `npm run build` makes it. The API is at /api.\n';

/**
 * @param name of the page's file @param paths where it is served
 * @param connectTo what the page may ask besides its own server: sources of a Content-Security-Policy
 */
export function servePage(
  app: NestFastifyApplication,
  name: string,
  paths: readonly string[],
  connectTo = '',
): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const files = readFiles(FOLDER);
  const page = files.get(`/${name}`);
  const policy = CONTENT_SECURITY_POLICY.replace(
    "connect-src 'self'",
    `connect-src 'self' ${connectTo}`.trim(),
  );
  for (const route of paths) {
    fastify.get(route, (request, reply) =>
      page === undefined
        ? reply.code(503).type('text/plain; charset=utf-8').send(MISSING)
        : send(request, reply, page, policy),
    );
  }
  for (const [file, content] of files) {
    if (!file.endsWith('.html')) fastify.get(file, (request, reply) => send(request, reply, content));
  }
}
