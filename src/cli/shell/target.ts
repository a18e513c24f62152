/** The target of a command's argument: a node, static files, or a database. */
import { existsSync } from 'node:fs';
import { isStaticUrl, staticUrl, withoutStatic } from '../../ledger/static-url.js';
import { parseDatabaseUrl } from '../../config/database-url.js';
import { Trouble } from './io.js';
import { nodeUrl } from './options.js';

/** Whether it names a node: a URL, or host:port unless a file has that name. */
export function isNode(target: string): boolean {
  const isUrl = /^https?:\/\//i.test(target);
  const isHostAndPort = /^[^/\\]+:\d+$/.test(target) && !existsSync(target);
  return (isUrl || isHostAndPort) && !target.startsWith('file:');
}

/** Whether it names static files: `static:` before a URL or a folder. */
export function isStatic(target: string): boolean {
  return isStaticUrl(target);
}

/** Static files on a web server, as PRODUCER_URL names them. @throws Trouble */
export function staticTarget(target: string): string {
  return staticUrl(nodeUrl(withoutStatic(target)));
}

/** What `static:` is before: the URL of a web server's folder, or a folder of this machine. @throws Trouble */
export function staticUrlOrFolder(
  target: string,
): { readonly url: string; readonly folder?: never } | { readonly url?: never; readonly folder: string } {
  const place = withoutStatic(target);
  return isNode(place) ? { url: nodeUrl(place) } : { folder: place };
}

/** The path of a database: a file's name, or a file: URL as in DATABASE_URL. @throws Trouble */
export function databaseFile(target: string): string {
  if (!target.startsWith('file:')) return target;
  const file = parseDatabaseUrl(target);
  if (typeof file === 'string') return file;
  throw new Trouble(`${target}: it ${file.wrong}`);
}
