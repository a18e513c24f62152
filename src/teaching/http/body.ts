/** Request bodies: JSON as Python reads it, and forms; both become the same object. */
import { BadRequestException, UnsupportedMediaTypeException, type PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import type { FastifyInstance } from 'fastify';
import { readNothing, type Bodies } from '../../http/server/bodies.js';
import { parsePythonJson, PythonJsonError } from '../python-json/parse.js';
import { isPyArray, isPyObject, type PyObject } from '../python-json/values.js';
import { OriginalAnswer } from './original-answer.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Replaces Fastify's parsers. @param takesForms whether this node's original sends forms */
export function parseBodies(fastify: FastifyInstance, bodies: Bodies, takesForms: boolean): void {
  fastify.removeAllContentTypeParsers();
  const parse = (type: string, read: (text: string) => unknown): void => {
    fastify.addContentTypeParser(type, (request, payload, done) => {
      bodies.read(request, payload, (error, body) => {
        if (error !== null) return done(error);
        try {
          done(null, body === undefined ? undefined : readText(body, read));
        } catch (error) {
          done(error as Error);
        }
      });
    });
  };
  parse(JSON_TYPE, parsePythonJson);
  if (takesForms) parse(FORM_TYPE, (text) => new Map(new URLSearchParams(text)));
  const expected = takesForms ? `${JSON_TYPE} or ${FORM_TYPE}` : JSON_TYPE;
  fastify.addContentTypeParser('*', (request, payload, done) => {
    const type = request.headers['content-type'] ?? 'of no type';
    const message = `the body must be ${expected}, not ${type}`;
    readNothing(request, payload, new UnsupportedMediaTypeException(message), done);
  });
}

function readText(body: Buffer, read: (text: string) => unknown): unknown {
  if (body.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new BadRequestException('the body is not valid UTF-8');
  }
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof PythonJsonError)) throw error;
    throw new BadRequestException(`the body is ${error.message}`);
  }
}

/** The maximum number of fields named in one refusal. */
const NAMED_MAX = 5;

/**
 * Creates a DTO from a body and validates it. Unknown fields are ignored, as in the originals.
 * @param fields the required ones @param missing the original's message if one is missing
 */
export class BodyPipe<T extends object> implements PipeTransform<unknown, T> {
  constructor(
    private readonly type: new () => T,
    private readonly fields: readonly (keyof T & string)[],
    private readonly missing: string,
  ) {}

  transform(value: unknown): T {
    const body = this.object(value);
    if (this.fields.some((field) => !body.has(field))) throw OriginalAnswer.text(400, this.missing);
    const dto = new this.type();
    for (const field of this.fields) Object.assign(dto, { [field]: body.get(field) });
    const errors = validateSync(dto);
    if (errors.length === 0) return dto;
    const sentences = errors.flatMap(({ constraints = {} }) => Object.values(constraints).slice(0, 1));
    throw new BadRequestException(sentences.slice(0, NAMED_MAX).join('; '));
  }

  private object(value: unknown): PyObject {
    if (value === undefined) return new Map();
    const body = value as Parameters<typeof isPyObject>[0];
    if (isPyObject(body)) return body;
    throw new BadRequestException(
      `the body must be a JSON object${isPyArray(body) ? ', not a list' : ''}: it has ${this.fields.join(', ')}`,
    );
  }
}
