/** Serves the explorer: the built files of web/, at `/` and below `/explorer`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import { NotFound } from '../../ledger/errors.js';
import { pathOf } from '../requests/request.js';

/** Where the build puts the page: dist/web, beside dist/http. */
const WEB_FOLDER = path.resolve(import.meta.dirname, '../../web');

const BASE = '/explorer';
/** The names of the files in it carry a hash of their content. */
const HASHED = 'assets';
/** Everything but scripts, styles and icons: pages have handlers of their own, and compressed files no address. */
const NOT_SERVED = '**/!(*.js|*.css|*.svg)';

/** Stricter than what Swagger's page needs: nothing from elsewhere, and no script or style in the page itself. */
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

/** @param folder what Vite built; where it is missing, `/` says so and everything else is served */
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
    // The page's own routes are its own: all but files lead to it.
    if (asked.startsWith(`${BASE}/${HASHED}/`)) throw new NotFound(`there is no ${asked} here`);
    return sendPage.call(this, request, reply);
  });
}

export interface BuiltFiles {
  readonly folder: string;
  readonly page: string;
  /** where the files beside the page are served */
  readonly prefix: string;
  /** what to answer instead of a page that was not built */
  readonly missing: string;
  /** what the page may connect to apart from its own server: sources of a Content-Security-Policy */
  readonly connectTo?: string;
}

/**
 * Serves the scripts, styles and icons of a built page: each file that is there now gets a route of its own, so that no
 * request names a file on the disk. The build has compressed them.
 * @returns what answers with the page
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
  // An entity tag is made of a file's size and time. Both stay the same where an installation or an image gives all files
  // one time, for names in the page have one length: a browser would keep a page whose scripts are gone.
  return (_request, reply) => reply.sendFile(page, { etag: false, lastModified: false });
}
