/**
 * Parses DATABASE_URL into a path. It looks like a URL but isn't: values that a URL parser or another program would
 * read differently are refused.
 */
import path from 'node:path';

/** The problem with the value, as the rest of a sentence after the variable's name. */
export interface NoDatabaseUrl {
  readonly wrong: string;
}

const EXPECTED = 'must be file: and a path, such as file:./data/producer.db';
/** The suffixes of the files that SQLite and a node keep next to a database. */
const SIDE_FILE = /(-wal|-shm|-journal|\.lock)$/;
const DRIVE = /^\/*[A-Za-z]:[\\/]/;

/**
 * @param platform as in `process.platform`
 * @returns the path as written; a relative one is relative to the folder in which the process was started
 */
export function parseDatabaseUrl(text: string, platform: string = process.platform): string | NoDatabaseUrl {
  if (!text.startsWith('file:')) return { wrong: withoutScheme(text) };
  const file = text.slice('file:'.length).trim();
  const wrong = unclear(file) ?? (platform === 'win32' ? undefined : foreign(file));
  return wrong === undefined ? file : { wrong };
}

function withoutScheme(text: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(text)?.[2];
  if (quoted !== undefined) return `${EXPECTED}, without quotes: ${quoted}`;
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]+):(?:\/\/(?!\/))?(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) return unclear(text) ?? `${EXPECTED}: did you mean file:${text}?`;
  if (/^(file|sqlite3?|jdbc)$/i.test(scheme)) {
    return `${EXPECTED}: did you mean file:${rest.replace(/^sqlite3?:/i, '')}?`;
  }
  // The rest may contain a password.
  return `${EXPECTED}: chains can only be stored in an SQLite file (found ${scheme}:…)`;
}

/** Finds values that would name a file other than the intended one, or no file. */
function unclear(file: string): string | undefined {
  if (file === '') return `${EXPECTED}: it names no file`;
  if (/^:memory:|[?&]mode=memory\b/.test(file)) {
    return `${EXPECTED}: an in-memory database would be lost when the process ends`;
  }
  const query = file.indexOf('?');
  if (query !== -1) return `takes no parameters: write file:${file.slice(0, query)}`;
  if (/^~[^/\\]*$/.test(file) ? file === '~' : file.startsWith('~')) {
    return `must have the path of the home folder in place of ${/^~[^/\\]*/.exec(file)?.[0]}, which is not expanded here`;
  }
  const host = /^\/\/(?!\/)([^/]*)(.*)$/s.exec(file);
  if (host !== null)
    return `must not name a host (${host[1]}): write file:${relative(host)} or file:${host[2]}`;
  if (/%[0-9A-Fa-f]{2}/.test(file)) {
    return `must be a plain path without percent-encoding: write ${decoded(file)}`;
  }
  // eslint-disable-next-line no-control-regex -- these characters are refused
  if (/[\u0000-\u001f\u007f]/.test(file)) return `${EXPECTED}: it has control characters`;
  if (/[\\/]$/.test(file) || /^\.{1,2}$/.test(path.basename(file))) {
    return `must name a file, not a folder: write file:${path.join(file, 'producer.db')}, for example`;
  }
  const suffix = SIDE_FILE.exec(file)?.[1];
  return suffix === undefined
    ? undefined
    : `must not end in ${suffix}: files with that suffix are kept next to a database`;
}

function relative([, host = '', rest = '']: RegExpExecArray): string {
  return host === '.' ? `.${rest}` : `./${host}${rest}`;
}

function decoded(file: string): string {
  try {
    return `file:${decodeURIComponent(file)}`;
  } catch {
    return 'the decoded path';
  }
}

/** Refuses Windows paths, which would be a single long file name on other systems. */
function foreign(file: string): string | undefined {
  if (!DRIVE.test(file) && !file.includes('\\')) return undefined;
  return `must be a path of this system, with /: ${DRIVE.test(file) ? 'this system has no drive letters' : `write file:${file.replaceAll('\\', '/')}`}`;
}
