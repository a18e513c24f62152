/** Starts the command `bpsc` in this process. */
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { readCliSettings } from '../config/cli-env.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';
import { complain } from '../logging/line-output.js';
import { EXIT } from './shell/io.js';
import { runProgram } from './program.js';
import { askOn, askSecretOn } from './shell/terminal.js';

/** The maximum time from a signal to the exit, in milliseconds. */
const STOP_LIMIT_MS = 2000;

const stop = new AbortController();
// Once: a second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    // A reader that doesn't read the remaining output is not awaited.
    setTimeout(() => process.exit(EXIT.interrupted), STOP_LIMIT_MS).unref();
  });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader may close the pipe (| head): that is not an error, and the exit status still tells the result.
  if (error.code === 'EPIPE') return;
  complain(`the results can't be written: ${error.message}`);
  process.exit(EXIT.trouble);
});
// An error of stderr itself can't be reported anywhere.
process.stderr.on('error', () => undefined);

const isTerminal = process.stdin.isTTY && process.stderr.isTTY;

try {
  process.exitCode = await runProgram(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stop: stop.signal,
    clock: SYSTEM_CLOCK,
    settings: readCliSettings(),
    home: homedir(),
    ask: isTerminal ? askOn(process.stdin, process.stderr) : undefined,
    askSecret: isTerminal ? askSecretOn(process.stdin, process.stderr) : undefined,
    readInput: () => text(process.stdin),
  });
} catch (error) {
  process.exitCode = EXIT.bug;
  const trace = error instanceof Error ? error.stack : undefined;
  complain(`this is a bug of bpsc: ${trace ?? String(error)}`);
}
