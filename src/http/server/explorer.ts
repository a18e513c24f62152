/** Serves the explorer: the built files of web/, at `/` and below `/explorer`. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../../ledger/errors.js';
import { hasCurrent, pathOf, wantsGzip } from '../requests/request.js';

/** Where the build puts the page: dist/web, beside dist/http. */
export const WEB_FOLDER = path.resolve(import.meta.dirname, '../../web');

const BASE = '/explorer';
/** Their names carry a hash of their content. */
const HASHED = /^\/assets\//;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Stricter than what Swagger's page needs: nothing from elsewhere, and no script or style in the page itself. */
export const CONTENT_SECURITY_POLICY = [
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

export interface WebFile {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
  readonly immutable: boolean;
}

/**
 * Some ten files of some hundred kilobytes in all: they are read and compressed once, at the start, and no request
 * touches the disk or names a file on it.
 * @param folder what Vite built; where it is missing, `/` says so and everything else is served
 */
export function serveExplorer(fastify: FastifyInstance, folder = WEB_FOLDER): void {
  const files = readFiles(folder);
  const page = files.get('/index.html');
  const sendPage = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    page === undefined
      ? reply.code(503).type('text/plain; charset=utf-8').send(MISSING)
      : send(request, reply, page);
  fastify.get('/', sendPage);
  fastify.get(BASE, sendPage);
  fastify.get(`${BASE}/*`, (request, reply) => {
    const name = pathOf(request).slice(BASE.length);
    const file = files.get(name);
    if (file !== undefined) return send(request, reply, file);
    // The page's own routes are its own: all but files lead to it.
    if (HASHED.test(name)) throw new NotFound(`there is no ${BASE}${name} here`);
    return sendPage(request, reply);
  });
}

/** The files of a built page by their paths; none where the folder is missing. */
export function readFiles(folder: string): ReadonlyMap<string, WebFile> {
  const files = new Map<string, WebFile>();
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return files;
    throw error;
  }
  for (const name of names) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(path.join(folder, name));
    const url = `/${name.split(path.sep).join('/')}`;
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    files.set(url, { type, body, gzipped: gzipSync(body, { level: 9 }), etag, immutable: HASHED.test(url) });
  }
  return files;
}

/** @param contentSecurityPolicy the page's */
export function send(
  request: FastifyRequest,
  reply: FastifyReply,
  file: WebFile,
  contentSecurityPolicy = CONTENT_SECURITY_POLICY,
): FastifyReply {
  reply.header('content-security-policy', contentSecurityPolicy);
  reply.header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  reply.header('etag', file.etag);
  if (hasCurrent(request, file.etag)) return reply.code(304).send();
  reply.type(file.type);
  if (!wantsGzip(request)) return reply.send(file.body);
  return reply.header('content-encoding', 'gzip').send(file.gzipped);
}
