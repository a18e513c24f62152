/** Addresses without a framework: the browser's history, one listener for links, one hook. */
import { useEffect, useState } from 'preact/hooks';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

type Listener = (place: Place) => void;
const listeners = new Set<Listener>();

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function tell(): void {
  const place = here();
  for (const listener of listeners) listener(place);
}

export function navigate(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'replace') history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  tell();
  if (how === 'push') scrollTo(0, 0);
}

/** Ordinary links work: those to pages of ours change the address without loading the page again. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.target !== '') return;
  if (link.hasAttribute('download') || !isOurs(link.pathname)) return;
  if (link.hash !== '' && link.pathname === location.pathname) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

function isOurs(path: string): boolean {
  return path === '/' || path === '/explorer' || path.startsWith('/explorer/');
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    listeners.add(setPlace);
    return () => void listeners.delete(setPlace);
  }, []);
  return place;
}

export function startRouter(): () => void {
  document.addEventListener('click', followLink);
  addEventListener('popstate', tell);
  return () => {
    document.removeEventListener('click', followLink);
    removeEventListener('popstate', tell);
  };
}

/**
 * The parts of a path that a pattern names, as in `/explorer/chains/:name`; undefined where it doesn't fit or can't
 * be decoded.
 */
export function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/');
  const found = path.replace(/\/+$/, '').split('/');
  if (wanted.length !== found.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [place, part] of wanted.entries()) {
    const value = found[place] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return undefined;
      continue;
    }
    try {
      parts[part.slice(1)] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return parts;
}
