// The ceiling program of raw-inserts-program.mjs, as a figure uses it.
import path from 'node:path';
import { startProgram } from './processes.mjs';

const program = path.join(import.meta.dirname, 'raw-inserts-program.mjs');

/**
 * @param source the producer's database, which may be in use
 * @param directory for the other database
 * @param options as of `openRawTable`
 */
export async function startRawInserts(source, directory, options) {
  const server = await startProgram(program, directory);
  const file = path.join(directory, `raw-${server.child.pid}.db`);
  let from = 0;
  return {
    /**
     * Inserts the producer's next `count` transactions, those that it has behind the ones of the last call.
     * @returns how long each commit took, in milliseconds
     */
    async copy(count, perCommit) {
      const answer = new Promise((resolve) => server.child.once('message', resolve));
      server.child.send({ source, file, from, to: from + count, perCommit, ...options });
      from += count;
      return (await server.orEnd(answer)).times;
    },
    stop: () => server.stop(),
  };
}
