/** Sends the answers to reads that come about in one turn of the event loop together. */
import type { FastifyInstance } from 'fastify';

/**
 * Sent one by one under load, an answer costs the node two to four times as much as sent together with others, most
 * likely because a process that waits for it on the same machine, such as a proxy, sleeps in between and is woken for each
 * (docs/performance.md). So the first of a turn goes at once, for most turns have no other, and the rest at its end.
 *
 * Not those to POSTs: a group commit answers all of its requests at once anyway, and before what waits for its end.
 */
export function sendTogether(fastify: FastifyInstance): void {
  let isFirst = true;
  const endTurn = (): void => {
    isFirst = true;
  };
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    if (request.method === 'POST') return done(null, payload);
    if (!isFirst) {
      setImmediate(done, null, payload);
      return;
    }
    isFirst = false;
    setImmediate(endTurn);
    done(null, payload);
  });
}
