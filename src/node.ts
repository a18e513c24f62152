/** Runs a node's process: open, listen, run until a signal, close in order. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeConfig } from './config/config.js';
import { OperatorError } from './ledger/errors.js';
import { complain } from './logging/line-output.js';

/** A node that is assembled but not listening yet. */
export interface Node {
  readonly app: NestFastifyApplication;
  /** what it serves besides its API, as text for the log: ", with the explorer" */
  readonly extras: string;
  /** Starts a node's work besides HTTP, once HTTP is listening. @returns a line for the log */
  start?(): Promise<string>;
  /** Releases the node's resources; called once `app` is closed. */
  close(): Promise<void>;
}

/** Assembles a node from its config. @throws OperatorError */
export type OpenNode<C extends NodeConfig> = (config: C, fail: (error: unknown) => void) => Promise<Node>;

/** Time in milliseconds that open connections get to end by themselves. */
const GRACE_MS = 3000;
/** Time in milliseconds after which the process exits even if the shutdown is not complete: nothing is lost. */
const STOP_LIMIT_MS = 4500;

/** Resolves when the node listens. @throws OperatorError */
export async function runNode<C extends NodeConfig & { readonly role: string }>(
  config: C,
  openNode: OpenNode<C>,
): Promise<void> {
  // The files that this node writes contain unencrypted information: only its user may access them.
  process.umask(0o077);
  logWarnings();
  await assertPortFree(config);
  const fail = (error: unknown): void => {
    // Stop at once, without sending another answer: the next start re-reads the disk.
    complain(`stopping: ${textOf(error)}`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const node = await openNode(config, fail);
  const { app, extras } = node;
  await listen(app, config);
  const started = await node.start?.();
  // Before the log says that the node listens: whoever waits for that may stop it at once.
  stopOnSignals(node);
  const log = new Logger();
  if (started !== undefined) log.log(started);
  const url = await app.getUrl();
  log.log(`${config.role} listens on ${url}${extras}; Swagger UI at ${url}/api`);
}

/** A problem that the operator has to solve is one line; anything else may be our own bug. */
function textOf(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Logs Node's warnings: Node itself would write them to stderr and block until that is read. */
function logWarnings(): void {
  // With --no-warnings there is no listener to replace.
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => new Logger('Node').warn(`${name}: ${message}`));
}

/** Called before a first start creates a key and chains: if the port is taken, it must leave nothing behind. */
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

/** Maximum connections that the system queues until we accept them: a burst of clients must not be refused. */
const CONNECTIONS_WAITING_MAX = 8192;

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is already in use; stop the other program, or set PORT',
  EACCES: 'this user is not allowed to; set PORT to 1024 or higher',
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
  // If a parent process started this node with an IPC channel (npm run network), the node stops when the parent dies.
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
