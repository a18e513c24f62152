/**
 * Sends text that is generated in pieces: in one go if it is short, otherwise as a stream in constant memory.
 */
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Pieces } from '../../ledger/reader.js';
import { OwnFaults } from '../server/own-faults.js';
import { ReadTurns } from '../server/read-turns.js';

/** Shorter text is sent in one go, with its length; a stream's chunks have at least this many bytes. */
const CHUNK_BYTES = 64 * 1024;

type Chunks = Generator<Buffer, void, void>;

const faults = new OwnFaults(new Logger('TextStream'));
/** There is one event loop, hence one queue. */
const turns = new ReadTurns();

/**
 * Sends the pieces, generating them only as fast as the client reads,
 * and taking turns with other large readers.
 */
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
    // Fastify would read the whole stream and discard it.
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
    // The status has already been sent: all that is left is to abort the response and log the reason.
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

/**
 * Joins small pieces into chunks; a piece that is long enough by itself becomes a chunk without being copied.
 */
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
