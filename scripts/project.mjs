// Where the project is, and what every script says and asks the same way.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

// What can't be written must not end what is being done: a full disk, a closed pipe.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** Whether the module was started as a program, not imported. */
export function isMain(meta) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(meta.url);
}

/** Ends the process with one line on stderr and no stack trace. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** A path as a person in this directory would type it. */
export function shown(file) {
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative.startsWith('..') ? file : relative;
}
