/** Serves a page of web/teaching and its files. */
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { serveFiles } from '../../http/server/explorer.js';

/** The build's output: dist/teaching/web, beside dist/teaching/http. */
const FOLDER = path.resolve(import.meta.dirname, '../web');
const MISSING = 'The page is not part of this build: `npm run build` makes it. The API is at /api.\n';

/**
 * @param page the name of its file @param paths where it is served
 * @param connectTo what the page may connect to besides its own server: sources of a Content-Security-Policy
 */
export async function servePage(
  app: NestFastifyApplication,
  page: string,
  paths: readonly string[],
  connectTo?: string,
): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const files = { folder: FOLDER, page, prefix: '/', missing: MISSING };
  const sendPage = await serveFiles(fastify, connectTo === undefined ? files : { ...files, connectTo });
  for (const route of paths) fastify.get(route, sendPage);
}
