/** Sends text that is made piece by piece: whole when it is short, else as a stream in constant memory. */
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Pieces } from '../../ledger/reader.js';
import { OwnFaults } from '../server/own-faults.js';
import { ReadTurns } from '../server/read-turns.js';

/** Bytes up to which text is sent whole, with its length, and of which a stream's chunks have at least as many. */
const CHUNK_BYTES = 64 * 1024;

type Chunks = Generator<Buffer, void, void>;

const faults = new OwnFaults(new Logger('TextStream'));
/** One event loop, one queue. */
const turns = new ReadTurns();

/** Answers with the pieces, made only as fast as the client takes them, and in turn with those who read as much. */
export function sendPieces(reply: FastifyReply, type: string, pieces: Pieces): void {
  const chunks = joined(pieces);
  if (turns.hasRoom) {
    begin(reply, type, chunks);
    return;
  }
  void turns.next().then(() => {
    try {
      if (!reply.raw.destroyed) begin(reply, type, chunks);
    } catch (error) {
      reply.send(error);
    }
  });
}

function begin(reply: FastifyReply, type: string, chunks: Chunks): void {
  const first = take(chunks);
  const second = take(chunks);
  reply.type(type);
  if (second === undefined) {
    reply.send(first ?? '');
  } else if (reply.request.method === 'HEAD') {
    // Fastify would read the whole stream to the end and throw it away.
    chunks.return();
    reply.send(Readable.from([]));
  } else {
    const isGone = (): boolean => reply.raw.destroyed;
    reply.send(Readable.from(inTurns([first, second], chunks, isGone), { objectMode: false }));
  }
}

async function* inTurns(
  begun: readonly (Buffer | undefined)[],
  chunks: Chunks,
  isGone: () => boolean,
): AsyncGenerator<Buffer, void, void> {
  try {
    for (const chunk of begun) if (chunk !== undefined) yield chunk;
    for (;;) {
      if (!turns.hasRoom) await turns.next();
      const chunk = isGone() ? undefined : takeOrLog(chunks);
      if (chunk === undefined) return;
      yield chunk;
    }
  } finally {
    chunks.return();
  }
}

function takeOrLog(chunks: Chunks): Buffer | undefined {
  try {
    return take(chunks);
  } catch (error) {
    // The status went out long ago: all that is left is to cut the answer short, and to say why in the log.
    faults.log(error);
    throw error;
  }
}

function take(chunks: Chunks): Buffer | undefined {
  const { done, value } = chunks.next();
  if (done === true) return undefined;
  turns.spend(value.length);
  return value;
}

/** Joins small pieces to chunks; a piece that is long enough by itself is one, uncopied. */
function* joined(pieces: Pieces): Chunks {
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
