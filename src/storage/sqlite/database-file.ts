/** Resolves the real path of a database file. Its log and its lock are next to it, and are found by its path. */
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { OperatorError } from '../../ledger/errors.js';

/**
 * The one path of a file, however it was named: through symbolic links, from another folder. Creates the file
 * and its folder if they don't exist.
 * @throws OperatorError if it is not a regular file, or has hard links, which can't be found from this path
 */
export function placeDatabase(file: string): string {
  const given = path.resolve(file);
  mkdirSync(path.dirname(given), { recursive: true });
  // An existing file is not opened: closing it would release this process's locks on it (POSIX).
  const stat = statSync(given, { throwIfNoEntry: false }) ?? makeEmpty(given);
  if (stat.isDirectory()) throw refuse(file, 'is a folder: name a file in it');
  if (!stat.isFile()) {
    throw new OperatorError(`the database ${file} is not a regular file: set DATABASE_URL to one`);
  }
  if (stat.nlink > 1) {
    throw refuse(
      file,
      `has ${stat.nlink} hard links: another node could run on it under another name. Copy it, and remove the others`,
    );
  }
  const place = realpathSync.native(given);
  if (isMountPoint(place)) {
    throw refuse(
      file,
      'is mounted by itself: its -wal and .lock would not lie beside it. Mount the folder that it is in',
    );
  }
  return place;
}

/** Creates an empty file, which is a database without tables. Follows symbolic links. */
function makeEmpty(file: string): Stats {
  closeSync(openSync(file, 'a'));
  return statSync(file);
}

function refuse(file: string, reason: string): OperatorError {
  return new OperatorError(`the database ${file} ${reason}, or set DATABASE_URL to another file`);
}

/** The list of mounts, which only Linux has. */
function isMountPoint(place: string): boolean {
  try {
    return mountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).has(place);
  } catch {
    return false;
  }
}

/** The fifth column; separators within it are octal escapes (proc_pid_mountinfo(5)). */
export function mountPoints(mountinfo: string): ReadonlySet<string> {
  const columns = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
  return new Set(
    columns.map((column) =>
      column.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    ),
  );
}
