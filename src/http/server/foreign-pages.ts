/**
 * Prevents pages of other sites from changing anything here. A browser sends any page's requests to a node on its own
 * machine or network. But it adds what no page can forge: the page's origin (`Origin`, Fetch Metadata) and the name
 * under which it knows this node (`Host`). Programs don't send these headers, and are allowed.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { NodeConfig } from '../../config/config.js';
import { parseHost, parseHostHeader } from '../../config/host-name.js';
import { changesSomething } from './route-scopes.js';
import { Forbidden } from './problem.js';

export type WriteAccess = Pick<NodeConfig, 'host' | 'allowedHosts' | 'corsOrigins' | 'corsWrite'>;

/** Names that always resolve to this machine (RFC 6761, section 6.3), or through its own hosts file. */
const LOOPBACK_NAME = /^(?:(?:.+\.)?localhost|localhost\.localdomain|ip6-(?:localhost|loopback))$/;
const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)/i;

/** A hook, so that the body of a refused request is not read. */
export function refuseForeignPages(fastify: FastifyInstance, access: WriteAccess): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (changesSomething(request.method, request.routeOptions.url ?? '')) {
      done(refusedHost(request.raw, access) ?? refusedPage(request.raw, access));
    } else {
      done();
    }
  });
}

/**
 * Against DNS rebinding: if the page's own name resolves to this node, the browser treats both as one
 * site. But `Host` contains that name.
 */
function refusedHost(request: IncomingMessage, access: WriteAccess): Forbidden | undefined {
  const wrong = hostsOf(request).find((host) => !isOwnName(host, access));
  if (wrong === undefined) return undefined;
  const name = parseHost(wrong)?.name;
  const remedy = name === undefined ? '' : `, or set ALLOWED_HOSTS=${name} on this node if that is its name`;
  return new Forbidden(
    'HOST_NOT_ALLOWED',
    `nothing is changed for the host ${JSON.stringify(name ?? wrong)}: use an IP address or localhost${remedy}`,
  );
}

/** Undefined for HTTP/1.0, which no browser uses; a target in absolute form overrides Host (RFC 9112, section 3.2.2). */
function hostsOf({ headers, url }: IncomingMessage): readonly string[] {
  const target = ABSOLUTE_TARGET.exec(url ?? '')?.[1];
  return [headers.host, target].filter((host): host is string => host !== undefined && host !== '');
}

function isOwnName(written: string, { host, allowedHosts }: WriteAccess): boolean {
  const name = parseHostHeader(written)?.name;
  if (name === undefined) return false;
  if (isIP(name) !== 0 || LOOPBACK_NAME.test(name) || name === parseHost(host)?.name) return true;
  return allowedHosts.some((allowed) => allowed === '*' || parseHost(allowed)?.name === name);
}

function refusedPage({ method, headers }: IncomingMessage, access: WriteAccess): Forbidden | undefined {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined) {
    if (mayWrite(origin, access)) return undefined;
    if (site !== 'cross-site' && isOwnOrigin(origin, headers.host, access)) return undefined;
    return crossOrigin(
      `a page ${origin === 'null' ? 'that hides its origin' : `of ${origin}`} may change nothing here. If it is this node’s own, seen through a proxy, name its host in ` +
        'ALLOWED_HOSTS; if it is another that may, in CORS_ORIGIN, with CORS_WRITE=true',
    );
  }
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    return crossOrigin('a page of another site may change nothing here');
  }
  // Browsers send Fetch Metadata to loopback addresses and over TLS, and Origin with all but a GET.
  if (method === 'GET' && site === undefined && headers['user-agent']?.startsWith('Mozilla/') === true) {
    return crossOrigin('this browser does not say which page asked: send a POST, or use another program');
  }
  if (headers['sec-purpose']?.includes('prefetch') === true) {
    return crossOrigin('nothing is changed before somebody asks for it');
  }
  return undefined;
}

function mayWrite(origin: string, { corsOrigins, corsWrite }: WriteAccess): boolean {
  return corsWrite && (corsOrigins?.some((allowed) => allowed === '*' || allowed === origin) ?? false);
}

/** The page's host and port are those of the request, or those under which a proxy serves this node. */
function isOwnOrigin(origin: string, asked: string | undefined, { allowedHosts }: WriteAccess): boolean {
  const [, scheme, authority] = /^(https?:)\/\/(.+)$/.exec(origin) ?? [];
  if (authority === undefined || (scheme !== 'http:' && scheme !== 'https:')) return false;
  const page = parseHost(authority, scheme)?.host;
  if (page === undefined) return false;
  return [asked ?? '', ...allowedHosts].some((host) => parseHost(host, scheme)?.host === page);
}

function crossOrigin(message: string): Forbidden {
  return new Forbidden('CROSS_ORIGIN', message);
}
