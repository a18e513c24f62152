/** Where a database file really is. Its log and its lock lie beside it, and are found by its path. */
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { OperatorError } from '../../ledger/errors.js';

/**
 * One path for a file, by whichever way it was named: through symbolic links, from another folder. The file is made,
 * with its folder, when it isn't there.
 * @throws OperatorError when it is no regular file, or has another path that no look at this one would find
 */
export function placeDatabase(file: string): string {
  const given = path.resolve(file);
  mkdirSync(path.dirname(given), { recursive: true });
  // Not opened where it is there: to close it would drop the locks that this process has on it (POSIX).
  const stat = statSync(given, { throwIfNoEntry: false }) ?? makeEmpty(given);
  if (stat.isDirectory()) throw refuse(file, 'is a folder: name a file in it');
  if (!stat.isFile()) {
    throw new OperatorError(`the database ${file} is no regular file: set DATABASE_URL to one`);
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

/** An empty file is a database without tables. Through a symbolic link, what that names is made. */
function makeEmpty(file: string): Stats {
  closeSync(openSync(file, 'a'));
  return statSync(file);
}

function refuse(file: string, reason: string): OperatorError {
  return new OperatorError(`the database ${file} ${reason}, or set DATABASE_URL to another file`);
}

/** Where mounts can be seen at all: on Linux. */
function isMountPoint(place: string): boolean {
  try {
    return mountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).has(place);
  } catch {
    return false;
  }
}

/** The fifth column, with what would part columns as octal escapes (proc_pid_mountinfo(5)). */
export function mountPoints(mountinfo: string): ReadonlySet<string> {
  const columns = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
  return new Set(
    columns.map((column) =>
      column.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    ),
  );
}
