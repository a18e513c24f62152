/** Ends idle connections while the node stops. */
import type { FastifyInstance } from 'fastify';
import { every } from '../../ledger/clock.js';
import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';

const LOOK_MS = 50;

/**
 * Closes each connection as soon as it is idle, even if it was busy when the stop began: Node would keep it open
 * for its keep-alive time. The process itself ends connections that stay busy for too long.
 */
export function closeWhenIdle(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    const { server } = fastify;
    if (server.listening) {
      server.once(
        'close',
        every(SYSTEM_CLOCK, LOOK_MS, () => server.closeIdleConnections()),
      );
    }
    done();
  });
}
