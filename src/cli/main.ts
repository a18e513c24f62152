/** Starts the command `bpsc` in this process. */
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { readCliSettings } from '../config/cli-env.js';
import { EXIT } from './io.js';
import { runProgram } from './program.js';
import { askSecretOn } from './terminal.js';

const stop = new AbortController();
// Once: a second signal ends the process at once.
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

// Whoever reads may stop reading (| head): that is no error, and the exit status still says what was found.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  process.exitCode = await runProgram(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stop: stop.signal,
    now: () => performance.now(),
    time: () => Date.now(),
    settings: readCliSettings(),
    home: homedir(),
    askSecret:
      process.stdin.isTTY && process.stderr.isTTY ? askSecretOn(process.stdin, process.stderr) : undefined,
    readInput: () => text(process.stdin),
  });
} catch (error) {
  process.exitCode = EXIT.bug;
  const trace = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`bpsc: this is a bug of bpsc: ${trace ?? String(error)}\n`);
}
