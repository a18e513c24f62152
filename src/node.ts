/** The life of a node's process: open, listen, run until a signal, close in order. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import type { NodeConfig } from './config/config.js';
import { OperatorError } from './ledger/errors.js';
import type { Role } from './ledger/node-info.js';
import { openStorage, type Storage } from './storage/database.js';

/** What a node's role makes of its config and its database. */
export type StartRole<C extends NodeConfig> = (
  config: C,
  storage: Storage,
  fail: (error: unknown) => void,
) => Promise<NestFastifyApplication>;

/** Open connections get this long, in milliseconds, to end by themselves. */
const GRACE_MS = 3000;
/** Then everything else must be done by this time, or the process ends all the same: nothing is lost by it. */
const STOP_LIMIT_MS = 4500;

/** Resolves when the node listens. @throws OperatorError */
export async function runNode<C extends NodeConfig & { readonly role: Role }>(
  config: C,
  startRole: StartRole<C>,
): Promise<void> {
  // What this node writes, information in clear included, is its user's alone.
  process.umask(0o077);
  const storage = await openStorage(config.databaseFile, config.role);
  const fail = (error: unknown): void => {
    // Stop at once and without another answer: the next start re-reads what is on disk.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`bpsc: stopping: ${text}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const app = await startRole(config, storage, fail);
  await listen(app, config);
  const log = app.get(Logger);
  log.log(
    `${config.role} listens on ${await app.getUrl()}, with the explorer; Swagger UI at ${await app.getUrl()}/api`,
  );
  stopOnSignals(app, storage);
}

async function listen(app: NestFastifyApplication, { host, port }: NodeConfig): Promise<void> {
  try {
    await app.listen({ host, port, backlog: CONNECTIONS_WAITING_MAX });
  } catch (error) {
    const reason = LISTEN_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new OperatorError(`cannot listen on ${host}:${port}: ${reason}`, { cause: error });
  }
}

/** Connections that the system holds until we take them: a burst of clients must not be turned away. */
const CONNECTIONS_WAITING_MAX = 8192;

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does already; stop it, or set PORT',
  EACCES: 'this user may not; set PORT to 1024 or more',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST',
  ENOTFOUND: 'there is no such host; set HOST',
};

function stopOnSignals(app: NestFastifyApplication, storage: Storage): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    app.get(Logger).log(`stopping: ${why}`);
    setTimeout(() => app.getHttpServer().closeAllConnections(), GRACE_MS).unref();
    setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
    void close(app, storage);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  // A parent that started this node with a channel (npm run network) takes it along when it dies.
  if (process.send !== undefined) {
    const orphaned = (): void => stop('the parent process is gone');
    process.on('disconnect', orphaned);
    if (!process.connected) orphaned();
  }
}

async function close(app: NestFastifyApplication, storage: Storage): Promise<void> {
  try {
    await app.close();
    await storage.close();
  } catch (error) {
    app.get(Logger).error(error);
  }
  process.exit(0);
}
