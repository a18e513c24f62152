/** The routes that exist, so that a wrong method on a known path is distinguished from an unknown path. */
import type { RouteOptions } from 'fastify';
import { NotFound } from '../../ledger/errors.js';
import { MethodNotAllowed } from './problem.js';

interface KnownRoute {
  readonly url: string;
  /** It also matches the url of each more specific route, with that route's parameter names. */
  readonly expression: RegExp;
  readonly methods: Set<string>;
}

export class RouteTable {
  private readonly routes = new Map<string, KnownRoute>();
  /** for each route with parameters: the routes that have a literal in place of one. Used by each request. */
  private readonly closer = new Map<KnownRoute, readonly KnownRoute[]>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    // The route of preflight requests: it says nothing about existing paths.
    if (url === '*') return;
    const route = this.routes.get(url) ?? knownRoute(url);
    for (const name of Array.isArray(method) ? method : [method]) route.methods.add(name);
    this.routes.set(url, route);
    this.closer.clear();
  }

  /**
   * Why a request has no route, if it has none. A path belongs to the most specific route: `GET /transactions/new` isn't
   * the transaction "new", nor is `GET /chains/aka/transactions/batch` the transaction "batch".
   * @param routedTo the url of the route that Fastify found
   */
  refusal(method: string, path: string, routedTo: string | undefined): Error | undefined {
    const found = routedTo === undefined ? undefined : this.routes.get(routedTo);
    if (found?.methods.has(method) === true && !this.isOther(found, path, method)) return undefined;
    const methods = this.methodsOf(plain(path));
    return methods.size === 0
      ? new NotFound(`there is no ${method} ${path} here`)
      : new MethodNotAllowed(method, path, [...methods].sort());
  }

  private isOther(found: KnownRoute, path: string, method: string): boolean {
    const closer = this.closerThan(found);
    if (closer.length === 0) return false;
    const text = plain(path);
    return closer.some(({ expression, methods }) => !methods.has(method) && expression.test(text));
  }

  private closerThan(route: KnownRoute): readonly KnownRoute[] {
    const known = this.closer.get(route);
    if (known !== undefined) return known;
    const found = [...this.routes.values()].filter((other) => isCloser(other, route));
    this.closer.set(route, found);
    return found;
  }

  private methodsOf(path: string): ReadonlySet<string> {
    const matching = [...this.routes.values()].filter(({ expression }) => expression.test(path));
    const closest = matching.filter((route) => !matching.some((other) => isCloser(other, route)));
    return new Set(closest.flatMap(({ methods }) => [...methods]));
  }
}

function isCloser(one: KnownRoute, other: KnownRoute): boolean {
  return other.expression.test(one.url) && !one.expression.test(other.url);
}

/** A path with its percent-encoding decoded, if that is possible. */
function plain(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function knownRoute(url: string): KnownRoute {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : escaped(part);
  });
  return {
    url,
    expression: new RegExp(`^${parts.join('/')}$`),
    methods: new Set(),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
