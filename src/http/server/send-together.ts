/** Sends answers to reads that are ready in the same turn of the event loop together. */
import type { FastifyInstance } from 'fastify';

/**
 * Under load, sending an answer alone costs two to four times as much as sending it together with others, probably because
 * a process that waits for it on the same machine, such as a proxy, is woken for each one
 * (docs/performance.md). So the first answer of a turn is sent at once, since most turns have no other; the rest at its end.
 *
 * Answers to POSTs are not delayed: a group commit answers all of its requests at once anyway.
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
