/** Starts the command `bpsc` in this process. */
import { EXIT } from './io.js';
import { runProgram } from './program.js';

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
  });
} catch (error) {
  process.exitCode = EXIT.bug;
  const trace = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`bpsc: this is a bug of bpsc: ${trace ?? String(error)}\n`);
}
