/** Reads request bodies: strict JSON (protocol, section 1), without numbers that would change; or a text, if the route accepts one. */
import type { Readable } from 'node:stream';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { JSON_DEPTH_MAX, JsonError, parseStrictJson } from '../../chain/bytes/json.js';
import { InvalidInput } from '../../ledger/errors.js';
import { readText, textBytesMax } from './text-body.js';
import { InexactNumbers } from './inexact-numbers.js';
import { MalformedJson } from '../server/problem.js';
import { readNothing, type Bodies } from '../server/bodies.js';

/** Envelopes around the protocol's own values: `{"information": …}`. */
const ENVELOPE_LEVELS = 1;

/** Replaces Fastify's parsers with ours. */
export function useStrictJson(fastify: FastifyInstance, bodies: Bodies): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request, _reply, done) => {
    // Fastify refuses malformed types.
    if (takesText(request)) request.headers['content-type'] = 'text/plain';
    done();
  });
  fastify.addContentTypeParser('application/json', (request, payload, done) => {
    const refusal = typeRefusal(request);
    if (refusal !== undefined) return done(refusal);
    bodies.read(request, payload, (error, body) => {
      if (error !== null) return done(error);
      try {
        done(null, body === undefined || body.length === 0 ? undefined : parseBody(body));
      } catch (error) {
        done(error as Error);
      }
    });
  });
  fastify.addContentTypeParser('*', (request, payload, done) => {
    if (takesText(request)) return readAsText(bodies, request, payload, done);
    const type = request.headers['content-type'] ?? 'of no type';
    const message = `the body must be application/json, not ${type}`;
    // `curl -d ''` names a form, but sends nothing; a chunked body may be empty too.
    readNothing(request, payload, new UnsupportedMediaTypeException(message), done);
  });
}

function takesText({ routeOptions }: FastifyRequest): boolean {
  return textBytesMax(routeOptions.config) !== undefined;
}

function readAsText(
  bodies: Bodies,
  request: FastifyRequest,
  payload: Readable,
  done: (error: Error | null, body?: string) => void,
): void {
  bodies.read(request, payload, (error, body) => {
    if (error !== null) return done(error);
    try {
      done(null, readText(body ?? new Uint8Array()));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** JSON is UTF-8 wherever programs exchange it (RFC 8259, section 8.1). */
function typeRefusal({ headers }: FastifyRequest): UnsupportedMediaTypeException | undefined {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== 'identity') {
    return new UnsupportedMediaTypeException(`the body must not be encoded, and this one is ${encoding}`);
  }
  const charset = /;[ \t]*charset[ \t]*=[ \t]*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    return new UnsupportedMediaTypeException(`the body must be UTF-8, not ${charset}`);
  }
  return undefined;
}

/** @throws MalformedJson, InvalidInput */
export function parseBody(body: Uint8Array): Record<string, unknown> {
  const inexact = new InexactNumbers();
  const value = parse(decode(body), inexact);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInput([{ field: '', message: 'the body must be a JSON object' }]);
  }
  const fields = value as Record<string, unknown>;
  inexact.replaceIn(fields);
  return fields;
}

/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Has no state between bodies: each is decoded as a whole. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(body: Uint8Array): string {
  if (BYTE_ORDER_MARK.every((byte, place) => body[place] === byte)) {
    const message =
      'begins with a byte order mark, which JSON must not (RFC 8259, section 8.1): leave it out';
    throw new MalformedJson([{ field: '', message }]);
  }
  try {
    return decoder.decode(body);
  } catch {
    throw new MalformedJson([{ field: '', message: 'is not valid UTF-8' }]);
  }
}

function parse(text: string, inexact: InexactNumbers): unknown {
  try {
    return parseStrictJson(text, ENVELOPE_LEVELS, (number) => inexact.add(number)).value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const { pointer, message } = error;
    const isTooDeep = pointer.split('/').length - 1 > JSON_DEPTH_MAX;
    if (isTooDeep && pointer.startsWith('/information/')) {
      const limit = `is nested deeper than ${JSON_DEPTH_MAX} levels`;
      throw new MalformedJson([{ field: 'information', message: limit }]);
    }
    throw new MalformedJson([{ field: pointer, message }]);
  }
}
