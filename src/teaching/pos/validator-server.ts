/** The TCP side of a proof-of-stake node: `nc localhost 9090`. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { OperatorError } from '../errors.js';
import type { PosGame } from './pos-game.js';
import { ValidatorConnection } from './validator-connection.js';

/** Below the usual limit of open files per process. */
const CONNECTIONS_MAX = 1000;
const BROADCAST_MS = 30_000;
const BACKLOG = 8192;

export class ValidatorServer {
  private readonly server: Server;
  /** oldest first */
  private readonly connections = new Set<ValidatorConnection>();
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly game: PosGame,
    private readonly clock: Clock,
    private readonly connectionsMax = CONNECTIONS_MAX,
  ) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
  }

  get size(): number {
    return this.connections.size;
  }

  /** @returns the port @throws OperatorError */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => {
        const reason =
          error.code === 'EADDRINUSE'
            ? 'another program does already; stop it, or set TCP_PORT'
            : error.message;
        reject(
          new OperatorError(`cannot listen on ${host}:${port} for validators: ${reason}`, { cause: error }),
        );
      });
      this.server.listen({ host, port, backlog: BACKLOG }, resolve);
    });
    this.ends.push(
      this.game.onWinner((winner) => this.sendAll(`\n${winner} 赢得了记账权利\n\n`)),
      this.clock.every(BROADCAST_MS, () => this.sendAll(`${this.game.chainText}\n`)),
    );
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.connections) connection.finishAtOnce('\nThe server stops.\n');
    await closed;
  }

  private accept(socket: Socket): void {
    if (this.connections.size >= this.connectionsMax && !this.makeRoom()) {
      socket.on('error', () => undefined);
      socket.write(`This server has ${this.connectionsMax} validators, and no room for more.\n`);
      socket.destroySoon();
      return;
    }
    const connection: ValidatorConnection = new ValidatorConnection(socket, this.game, this.clock, () =>
      this.connections.delete(connection),
    );
    this.connections.add(connection);
  }

  /** Closes the connection that was silent for longest: idle connections must not exclude validators. */
  private makeRoom(): boolean {
    for (const connection of this.connections) {
      if (connection.isValidator) continue;
      this.connections.delete(connection);
      connection.finishAtOnce('\nOthers need the place: say your token balance sooner.\n');
      return true;
    }
    return false;
  }

  private sendAll(text: string): void {
    for (const connection of this.connections) connection.send(text);
  }
}
