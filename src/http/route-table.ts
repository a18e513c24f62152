/** The routes that exist, so that a wrong method on a known path is told from an unknown path. */
import type { RouteOptions } from 'fastify';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

export class RouteTable {
  private readonly routes = new Map<string, KnownRoute>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    // A wildcard is for files and preflights: it says nothing about what exists.
    if (url.includes('*')) return;
    const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const name of Array.isArray(method) ? method : [method]) route.methods.add(name);
    this.routes.set(url, route);
  }

  /** The methods that a path has, as the header Allow wants them; undefined when it has none. */
  allowed(path: string): string | undefined {
    const methods = new Set<string>();
    for (const route of this.routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return methods.size === 0 ? undefined : [...methods].sort().join(', ');
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escaped(part)));
  return new RegExp(`^${parts.join('/')}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
