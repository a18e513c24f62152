/** One node: reads the configuration, opens the database, picks the root module of its role, listens, and stops cleanly. */
import 'reflect-metadata';
import { readConfig } from './config/read-config.js';
import { OperatorError } from './ledger/errors.js';
import { runNode } from './node.js';
import { startFollower } from './follower/start-follower.js';
import { startProducer } from './producer/start-producer.js';

try {
  // The only place that chooses by role: below it, a producer and a follower share no branch.
  const config = readConfig();
  await (config.role === 'producer' ? runNode(config, startProducer) : runNode(config, startFollower));
} catch (error) {
  const text = error instanceof OperatorError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`bpsc: ${text}\n`);
  process.exitCode = 1;
  // Whatever was opened before the failure must not keep the process alive.
  process.exit();
}
