/** Sends text that is made piece by piece: whole when it is short, else as a stream in constant memory. */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Characters up to which text is sent whole, with its length, and of which a stream's chunks have at least as many. */
const CHUNK_CHARACTERS = 64 * 1024;

const logger = new Logger('TextStream');

/** Answers with the pieces, made only as fast as the client takes them. */
export function sendPieces(
  reply: FastifyReply,
  type: string,
  pieces: Generator<string, void, void>,
): FastifyReply {
  const { text, done } = gather(pieces);
  reply.type(type);
  if (done) return reply.send(text);
  if (reply.request.method === 'HEAD') {
    // Fastify would read the whole stream to the end and throw it away.
    pieces.return();
    return reply.send(Readable.from([]));
  }
  return reply.send(Readable.from(chunks(text, pieces), { objectMode: false }));
}

async function* chunks(
  first: string,
  pieces: Generator<string, void, void>,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield Buffer.from(first);
    for (let done = false; !done;) {
      // Reading is synchronous: let other requests have their turn between two chunks.
      await setImmediate();
      const next = gather(pieces);
      done = next.done;
      yield Buffer.from(next.text);
    }
  } catch (error) {
    // The status went out long ago: all that is left is to cut the answer short, and to say why in the log.
    logger.error(error);
    throw error;
  } finally {
    pieces.return();
  }
}

function gather(pieces: Generator<string, void, void>): { text: string; done: boolean } {
  let text = '';
  while (text.length < CHUNK_CHARACTERS) {
    const { done, value } = pieces.next();
    if (done === true) return { text, done };
    text += value;
  }
  return { text, done: false };
}
