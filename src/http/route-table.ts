/** The routes that exist, so that a wrong method on a known path is told from an unknown path. */
import type { RouteOptions } from 'fastify';
import { NotFound } from '../ledger/errors.js';
import { MethodNotAllowed } from './problem.js';

interface KnownRoute {
  /** whether it has parameters or a wildcard: it matches paths besides its own */
  readonly isPattern: boolean;
  readonly expression: RegExp;
  readonly methods: Set<string>;
}

export class RouteTable {
  private readonly routes = new Map<string, KnownRoute>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    // For preflights: it says nothing about what exists.
    if (url === '*') return;
    const route = this.routes.get(url) ?? knownRoute(url);
    for (const name of Array.isArray(method) ? method : [method]) route.methods.add(name);
    this.routes.set(url, route);
  }

  /**
   * Why a request has no route, if it has none. A path of a route's own is that route's alone: `GET /transactions/new`
   * isn't the transaction called "new".
   * @param routedTo the url of the route that Fastify found
   */
  refusal(method: string, path: string, routedTo: string | undefined): Error | undefined {
    const found = routedTo === undefined ? undefined : this.routes.get(routedTo);
    if (found?.methods.has(method) === true && (!found.isPattern || !this.isOther(path, method))) {
      return undefined;
    }
    const methods = this.methodsOf(path);
    return methods.size === 0
      ? new NotFound(`there is no ${method} ${path} here`)
      : new MethodNotAllowed(method, path, [...methods].sort());
  }

  private isOther(path: string, method: string): boolean {
    return this.own(path)?.methods.has(method) === false;
  }

  private own(path: string): KnownRoute | undefined {
    const route = this.routes.get(path.includes('%') ? decoded(path) : path);
    return route?.isPattern === true ? undefined : route;
  }

  private methodsOf(path: string): ReadonlySet<string> {
    const own = this.own(path);
    if (own !== undefined) return own.methods;
    const methods = new Set<string>();
    for (const { expression, methods: more } of this.routes.values()) {
      if (expression.test(path)) for (const method of more) methods.add(method);
    }
    return methods;
  }
}

function decoded(path: string): string {
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
    isPattern: /[:*]/.test(url),
    expression: new RegExp(`^${parts.join('/')}$`),
    methods: new Set(),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
