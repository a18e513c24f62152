/** Supports routes that accept a text of any content type, as protocols of others require. */
import { BadRequestException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { asFields } from '../../chain/bytes/fields.js';

const BYTES_MAX = 'textBytesMax';

/** The route's body is a text in UTF-8, with at most this many bytes, whatever its content type. */
export function TakesText(bytesMax: number): MethodDecorator {
  return RouteConfig({ [BYTES_MAX]: bytesMax });
}

/** @param config of a route. @returns undefined if the route takes no text */
export function textBytesMax(config: unknown): number | undefined {
  const bytesMax = asFields(config)?.[BYTES_MAX];
  return typeof bytesMax === 'number' ? bytesMax : undefined;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws BadRequestException */
export function readText(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw new BadRequestException('the body is not valid UTF-8');
  }
}
