/** Sends text that is made piece by piece: whole when it is short, else as a stream in constant memory. */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Pieces } from '../ledger/reader.js';

/** Bytes up to which text is sent whole, with its length, and of which a stream's chunks have at least as many. */
const CHUNK_BYTES = 64 * 1024;

const logger = new Logger('TextStream');

/** Answers with the pieces, made only as fast as the client takes them. */
export function sendPieces(reply: FastifyReply, type: string, pieces: Pieces): FastifyReply {
  const chunks = joined(pieces);
  const first = take(chunks);
  const second = take(chunks);
  reply.type(type);
  if (second === undefined) return reply.send(first ?? '');
  if (reply.request.method === 'HEAD') {
    // Fastify would read the whole stream to the end and throw it away.
    chunks.return();
    return reply.send(Readable.from([]));
  }
  return reply.send(Readable.from(inTurns([first, second], chunks), { objectMode: false }));
}

async function* inTurns(
  first: readonly (Buffer | undefined)[],
  chunks: Generator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  try {
    for (const chunk of first) if (chunk !== undefined) yield chunk;
    // Reading is synchronous: let other requests have their turn between two chunks.
    await setImmediate();
    for (const chunk of chunks) {
      yield chunk;
      // What is shorter took no time to read: the comma before a long piece.
      if (chunk.length >= CHUNK_BYTES) await setImmediate();
    }
  } catch (error) {
    // The status went out long ago: all that is left is to cut the answer short, and to say why in the log.
    logger.error(error);
    throw error;
  } finally {
    chunks.return();
  }
}

function take(chunks: Generator<Buffer, void, void>): Buffer | undefined {
  const { done, value } = chunks.next();
  return done === true ? undefined : value;
}

/** Joins small pieces to chunks; a piece that is long enough by itself is one, uncopied. */
function* joined(pieces: Pieces): Generator<Buffer, void, void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const next = typeof piece === 'string' ? Buffer.from(piece) : piece;
    if (next.length < CHUNK_BYTES) {
      waiting.push(next);
      bytes += next.length;
      if (bytes < CHUNK_BYTES) continue;
    }
    if (bytes > 0) yield Buffer.concat(waiting);
    if (next.length >= CHUNK_BYTES) yield Buffer.from(next.buffer, next.byteOffset, next.byteLength);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
