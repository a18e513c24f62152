/** What a command's argument names: a node, static files, or a database. */
import { existsSync } from 'node:fs';
import { parseDatabaseUrl } from '../../config/database-url.js';
import { Trouble } from './io.js';

/** Whether it names a node: a URL, or host:port where no file is called so. */
export function isNode(target: string): boolean {
  const isUrl = /^https?:\/\//i.test(target);
  const isHostAndPort = /^[^/\\]+:\d+$/.test(target) && !existsSync(target);
  return (isUrl || isHostAndPort) && !target.startsWith('file:');
}

/** The path of a database: a file's name, or a file: URL as in DATABASE_URL. @throws Trouble */
export function databaseFile(target: string): string {
  if (!target.startsWith('file:')) return target;
  const file = parseDatabaseUrl(target);
  if (typeof file === 'string') return file;
  throw new Trouble(`${target}: it ${file.wrong}`);
}
