/** Ends idle connections while the node stops. */
import type { FastifyInstance } from 'fastify';

const LOOK_MS = 50;

/**
 * Closes each connection as soon as it is idle, also one that was busy when the stop began: Node would keep that
 * for its keep-alive time. Who ends what stays busy for too long is the process's affair.
 */
export function closeWhenIdle(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    const { server } = fastify;
    if (server.listening) {
      const look = setInterval(() => server.closeIdleConnections(), LOOK_MS);
      server.once('close', () => clearInterval(look));
    }
    done();
  });
}
