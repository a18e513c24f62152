/** DATABASE_URL to a path. It looks like a URL and is none: what a URL or another program would read into it is refused. */
import path from 'node:path';

/** The problem with the value, to be put after its name. */
export interface NoDatabaseUrl {
  readonly wrong: string;
}

const EXPECTED = 'must be file: and a path, such as file:./data/producer.db';
/** The files that SQLite and a node keep beside a database, by the ends of their names. */
const BESIDE = /(-wal|-shm|-journal|\.lock)$/;
const DRIVE = /^\/*[A-Za-z]:[\\/]/;

/**
 * @param platform as `process.platform` has it
 * @returns the path as it is written; a relative one is relative to the folder that the process was started in
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
  // The rest may hold a password.
  return `${EXPECTED}: chains are kept in a file of SQLite's, and nowhere else (found ${scheme}:…)`;
}

/** Values that would be another file than the user means, or none. */
function unclear(file: string): string | undefined {
  if (file === '') return `${EXPECTED}: it names no file`;
  if (/^:memory:|[?&]mode=memory\b/.test(file)) {
    return `${EXPECTED}: a database in memory would be lost with the process`;
  }
  const query = file.indexOf('?');
  if (query !== -1) return `takes no parameters: write file:${file.slice(0, query)}`;
  if (/^~[^/\\]*$/.test(file) ? file === '~' : file.startsWith('~')) {
    return `needs the path of the home folder in place of ${/^~[^/\\]*/.exec(file)?.[0]}: nobody fills it in here`;
  }
  const host = /^\/\/(?!\/)([^/]*)(.*)$/s.exec(file);
  if (host !== null)
    return `must not name a host (${host[1]}): write file:${relative(host)} or file:${host[2]}`;
  if (/%[0-9A-Fa-f]{2}/.test(file)) {
    return `must have the path as it is, without percent-encoding: write ${decoded(file)}`;
  }
  // eslint-disable-next-line no-control-regex -- they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(file)) return `${EXPECTED}: it has control characters`;
  if (/[\\/]$/.test(file) || /^\.{1,2}$/.test(path.basename(file))) {
    return `must name a file, and names a folder: write file:${path.join(file, 'producer.db')}, for example`;
  }
  const beside = BESIDE.exec(file)?.[1];
  return beside === undefined ? undefined : `must not end in ${beside}: that is kept beside a database`;
}

function relative([, host = '', rest = '']: RegExpExecArray): string {
  return host === '.' ? `.${rest}` : `./${host}${rest}`;
}

function decoded(file: string): string {
  try {
    return `file:${decodeURIComponent(file)}`;
  } catch {
    return 'what is meant';
  }
}

/** Windows' paths are one long name elsewhere. */
function foreign(file: string): string | undefined {
  if (!DRIVE.test(file) && !file.includes('\\')) return undefined;
  return `must be a path of this system, with /: ${DRIVE.test(file) ? 'there are no drives here' : `write file:${file.replaceAll('\\', '/')}`}`;
}
