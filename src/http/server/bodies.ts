/** Reads request bodies, and limits the bytes that are held at once. */
import type { Readable } from 'node:stream';
import { BadRequestException, PayloadTooLargeException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Unavailable } from '../../ledger/errors.js';
import type { EdgeCounts } from './edge-counts.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** bytes of its body, from their arrival until the request is answered */
    heldBytes: number;
  }
}

type Done = (error: Error | null, body?: Buffer) => void;

const RETRY_SECONDS = 1;

export class Bodies {
  private held = 0;

  constructor(
    private readonly bytesMax: number,
    private readonly counts: EdgeCounts,
  ) {}

  get heldBytes(): number {
    return this.held;
  }

  register(fastify: FastifyInstance): void {
    fastify.decorateRequest('heldBytes', 0);
  }

  /**
   * Prepares for a body. Its declared length isn't counted before it arrives: otherwise, a few connections that declare
   * much and send nothing would exclude everybody else.
   * @returns why it isn't read: there is no room for its declared length
   */
  admit(request: FastifyRequest, reply: FastifyReply): Unavailable | undefined {
    const declared = declaredBytes(request);
    if (declared === 0) return undefined;
    // A body that exceeds the limit by itself is not read at all.
    const needed = declared === undefined || declared > limitOf(request) ? 0 : declared;
    if (this.held + needed > this.bytesMax) return this.tooMany();
    reply.raw.once('close', () => {
      this.held -= request.heldBytes;
      request.heldBytes = 0;
    });
    return undefined;
  }

  /** Reads a body up to the route's limit and the available room. */
  read(request: FastifyRequest, payload: Readable, done: Done): void {
    const limit = limitOf(request);
    if ((declaredBytes(request) ?? 0) > limit) return done(tooLarge(limit));
    const chunks: Buffer[] = [];
    receive(payload, done, {
      take: (chunk) => {
        if (request.heldBytes + chunk.length > limit) return tooLarge(limit);
        if (this.held + chunk.length > this.bytesMax) return this.tooMany();
        request.heldBytes += chunk.length;
        this.held += chunk.length;
        chunks.push(chunk);
        return undefined;
      },
      end: () => (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
    });
  }

  private tooMany(): Unavailable {
    this.counts.refused.bodies++;
    const message = `this node holds ${this.bytesMax} bytes of request bodies at once, and has no room for this one`;
    return new Unavailable('TOO_MANY_BODIES', message, RETRY_SECONDS);
  }
}

/** Requires that a body is empty. @param refusal the answer to any byte */
export function readNothing(request: FastifyRequest, payload: Readable, refusal: Error, done: Done): void {
  if ((declaredBytes(request) ?? 0) > 0) return done(refusal);
  receive(payload, done, { take: () => refusal, end: () => undefined });
}

interface Receiver {
  /** @returns why no more is read */
  readonly take: (chunk: Buffer) => Error | undefined;
  readonly end: () => Buffer | undefined;
}

/** After a refusal, the rest is discarded: the client can finish sending and read the reason. */
function receive(payload: Readable, done: Done, { take, end }: Receiver): void {
  const finish = (error: Error | null, body?: Buffer): void => {
    payload.off('data', onData).off('end', onEnd).off('error', onError);
    // Later errors no longer matter.
    payload.on('error', () => undefined);
    done(error, body);
  };
  const onData = (chunk: Buffer): void => {
    const refusal = take(chunk);
    if (refusal !== undefined) finish(refusal);
  };
  const onEnd = (): void => finish(null, end());
  const onError = (): void => finish(new BadRequestException('the request ended before its body did'));
  payload.on('data', onData).on('end', onEnd).on('error', onError);
}

/** 0 without a body, undefined if the length is not declared. */
function declaredBytes({ headers }: FastifyRequest): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}

function limitOf(request: FastifyRequest): number {
  return request.routeOptions.bodyLimit;
}

function tooLarge(limit: number): Error {
  return new PayloadTooLargeException(`the body is larger than the ${limit} bytes that this route takes`);
}
