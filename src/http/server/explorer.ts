/** Serves the explorer: the built files of web/, at `/` and below `/explorer`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import { NotFound } from '../../ledger/errors.js';
import { pathOf } from '../requests/request.js';

/** The build's output: dist/web, beside dist/http. */
const WEB_FOLDER = path.resolve(import.meta.dirname, '../../web');

const BASE = '/explorer';
/** The folder of files whose names contain a hash of their content. */
const HASHED = 'assets';
/** Not served directly: pages have their own handlers, and compressed files have no URL. */
const NOT_SERVED = '**/!(*.js|*.css|*.svg)';

/** Stricter than for Swagger's page: nothing from other hosts, and no inline script or style. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const MISSING =
  'The explorer is not part of this build: `npm run build` makes it. The API is served all the same, see /api.\n';

/** @param folder what Vite built; if it is missing, `/` says so and everything else works */
export async function serveExplorer(fastify: FastifyInstance, folder = WEB_FOLDER): Promise<void> {
  const sendPage = await serveFiles(fastify, {
    folder,
    page: 'index.html',
    prefix: `${BASE}/`,
    missing: MISSING,
  });
  fastify.get('/', sendPage);
  fastify.get(BASE, sendPage);
  fastify.get(`${BASE}/*`, function (request, reply) {
    const asked = pathOf(request);
    // The page has client-side routes: all paths but files return it.
    if (asked.startsWith(`${BASE}/${HASHED}/`)) throw new NotFound(`there is no ${asked} here`);
    return sendPage.call(this, request, reply);
  });
}

export interface BuiltFiles {
  readonly folder: string;
  readonly page: string;
  /** the URL path of the other files */
  readonly prefix: string;
  /** the answer if the page was not built */
  readonly missing: string;
  /** what the page may connect to besides its own server: sources of a Content-Security-Policy */
  readonly connectTo?: string;
}

/**
 * Serves the scripts, styles and icons of a built page: each existing file gets its own route, so that no
 * request can name a file on the disk. The build has compressed them.
 * @returns a handler that answers with the page
 */
export async function serveFiles(
  fastify: FastifyInstance,
  { folder, page, prefix, missing, connectTo }: BuiltFiles,
): Promise<RouteHandlerMethod> {
  if (!existsSync(path.join(folder, page))) {
    return (_request, reply) => reply.code(503).type('text/plain; charset=utf-8').send(missing);
  }
  const policy =
    connectTo === undefined
      ? CONTENT_SECURITY_POLICY
      : CONTENT_SECURITY_POLICY.replace("connect-src 'self'", `$& ${connectTo}`);
  await fastify.register(fastifyStatic, {
    root: folder,
    prefix,
    wildcard: false,
    index: false,
    globIgnore: [NOT_SERVED],
    preCompressed: true,
    acceptRanges: false,
    cacheControl: false,
    setHeaders: (reply, file) => {
      const isHashed = path.basename(path.dirname(file)) === HASHED;
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      reply.header('content-security-policy', policy);
    },
  });
  // An entity tag consists of a file's size and time. If an installation or an image gives all files the same time, both
  // can stay the same, since names in the page have equal lengths: a browser would keep a page whose scripts are gone.
  return (_request, reply) => reply.sendFile(page, { etag: false, lastModified: false });
}
