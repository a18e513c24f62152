/** Limits connections: their number, and how long one may be silent during a request. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NodeConfig } from '../../config/config.js';
import { Unavailable } from '../../ledger/errors.js';
import { isUnlimited } from './rate-limit.js';
import { pathOf } from '../requests/request.js';
import type { EarlyErrors } from './early-errors.js';
import type { EdgeCounts } from './edge-counts.js';

/** Connections beyond the limit that still get a refusal, and that are left for monitoring. */
const MARGIN = 64;
const RETRY_SECONDS = 5;

export type ConnectionLimits = Pick<NodeConfig, 'connectionsMax' | 'clientSilenceMs'>;

export class Connections {
  /** connections within the margin */
  private readonly extra = new WeakSet<Socket>();
  private count = 0;

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly early: EarlyErrors,
    private readonly counts: EdgeCounts,
  ) {}

  get open(): number {
    return this.count;
  }

  watch(server: Server): void {
    const { connectionsMax } = this.limits;
    server.maxConnections = connectionsMax + MARGIN;
    server.on('drop', () => this.counts.dropped.connections++);
    server.on('connection', (socket: Socket) => {
      this.count++;
      socket.once('close', () => this.count--);
      if (this.count <= connectionsMax) return;
      this.extra.add(socket);
      // A new client needs the connection more than an idle one that may come back.
      server.closeIdleConnections();
    });
  }

  /** Why a request is refused: its connection exceeds the limit. Health and metrics are never refused. */
  refusal(request: FastifyRequest): Unavailable | undefined {
    const { socket } = request.raw;
    if (this.count <= this.limits.connectionsMax || !this.extra.has(socket)) return undefined;
    if (isUnlimited(pathOf(request))) return undefined;
    this.counts.refused.connections++;
    const message = `this node serves ${this.limits.connectionsMax} connections at once, and has as many`;
    return new Unavailable('TOO_MANY_CONNECTIONS', message, RETRY_SECONDS);
  }

  /** Ends a request without progress, unless this node itself is slow. */
  endWhenSilent({ raw }: FastifyReply): void {
    raw.on('timeout', this.onSilence);
  }

  /** Node calls this when nothing was read and no written data was received for `clientSilenceMs`. */
  private readonly onSilence = (socket: Socket): void => {
    const { _httpMessage: response } = socket as Socket & {
      readonly _httpMessage?: ServerResponse & { readonly req: IncomingMessage };
    };
    if (socket.writableLength > 0) {
      this.counts.dropped.slow_reader++;
      socket.destroy();
    } else if (response?.req.complete === false) {
      this.early.refuseSilence(socket);
    } else {
      socket.setTimeout(this.limits.clientSilenceMs);
    }
  };
}
