/** Addresses of static files, where a node's address could be: `static:` before a URL. */

const PREFIX = 'static:';

export function isStaticUrl(url: string): boolean {
  return url.startsWith(PREFIX);
}

/** The address without `static:`. */
export function withoutStatic(url: string): string {
  return url.slice(PREFIX.length);
}

export function staticUrl(url: string): string {
  return PREFIX + url;
}
