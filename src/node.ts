/** The life of a node's process: open, listen, run until a signal, close in order. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeConfig } from './config/config.js';
import { OperatorError } from './ledger/errors.js';
import { complain } from './logging/line-output.js';

/** A node that is put together, and not listening yet. */
export interface Node {
  readonly app: NestFastifyApplication;
  /** what else it serves beside its API, as the log says it: ", with the explorer" */
  readonly extras: string;
  /** Starts what a node does beside HTTP, once that listens. @returns what the log says of it */
  start?(): Promise<string>;
  /** Gives back what the node holds; called once `app` is closed. */
  close(): Promise<void>;
}

/** Puts a node together from its config. @throws OperatorError */
export type OpenNode<C extends NodeConfig> = (config: C, fail: (error: unknown) => void) => Promise<Node>;

/** Open connections get this long, in milliseconds, to end by themselves. */
const GRACE_MS = 3000;
/** Then everything else must be done by this time, or the process ends all the same: nothing is lost by it. */
const STOP_LIMIT_MS = 4500;

/** Resolves when the node listens. @throws OperatorError */
export async function runNode<C extends NodeConfig & { readonly role: string }>(
  config: C,
  openNode: OpenNode<C>,
): Promise<void> {
  // Files that this node writes, which include information in clear, are accessible to its user only.
  process.umask(0o077);
  logWarnings();
  await assertPortFree(config);
  const fail = (error: unknown): void => {
    // Stop at once and without another answer: the next start re-reads what is on disk.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    complain(`stopping: ${text}`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const node = await openNode(config, fail);
  const { app, extras } = node;
  await listen(app, config);
  const started = await node.start?.();
  const log = new Logger();
  if (started !== undefined) log.log(started);
  const url = await app.getUrl();
  log.log(`${config.role} listens on ${url}${extras}; Swagger UI at ${url}/api`);
  stopOnSignals(node);
}

/** Node itself would write to stderr and block until it is read. */
function logWarnings(): void {
  // There is none with --no-warnings.
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => new Logger('Node').warn(`${name}: ${message}`));
}

/** Before a first start makes a key and chains: with a port that is taken, nothing is to be left of it. */
async function assertPortFree({ host, port }: NodeConfig): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host, port });
    await once(probe, 'listening');
  } catch (error) {
    throw cannotListen({ host, port }, error);
  }
  probe.close();
  await once(probe, 'close');
}

async function listen(app: NestFastifyApplication, { host, port }: NodeConfig): Promise<void> {
  try {
    await app.listen({ host, port, backlog: CONNECTIONS_WAITING_MAX });
  } catch (error) {
    throw cannotListen({ host, port }, error);
  }
}

function cannotListen({ host, port }: Pick<NodeConfig, 'host' | 'port'>, error: unknown): unknown {
  const reason = LISTEN_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
  if (reason === undefined) return error;
  return new OperatorError(`cannot listen on ${host}:${port}: ${reason}`, { cause: error });
}

/** Connections that the system holds until we take them: a burst of clients must not be turned away. */
const CONNECTIONS_WAITING_MAX = 8192;

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does already; stop it, or set PORT',
  EACCES: 'this user may not; set PORT to 1024 or more',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST',
  ENOTFOUND: 'there is no such host; set HOST',
  EAI_AGAIN: 'there is no such host; set HOST',
};

function stopOnSignals(node: Node): void {
  const { app } = node;
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    new Logger().log(`stopping: ${why}`);
    setTimeout(() => app.getHttpServer().closeAllConnections(), GRACE_MS).unref();
    setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
    void close(node);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  // A parent that started this node with a channel (npm run network) takes it along when it dies.
  if (process.send !== undefined) {
    const orphaned = (): void => stop('the parent process is gone');
    process.on('disconnect', orphaned);
    if (!process.connected) orphaned();
  }
}

async function close(node: Node): Promise<void> {
  try {
    await node.app.close();
    await node.close();
  } catch (error) {
    new Logger().error(error);
  }
  process.exit(0);
}
