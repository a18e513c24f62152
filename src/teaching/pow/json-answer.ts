/** Answers that keep the numbers of a chain as they are, which JSON.stringify could not. */
import { applyDecorators, Header } from '@nestjs/common';
import { dumps } from '../python-json/write.js';
import { pyObject, type PyValue } from '../python-json/values.js';
import type { KeptBlock } from './check-chain.js';

/** A route whose answer is already JSON text. */
export const JsonText = (): MethodDecorator =>
  applyDecorators(Header('content-type', 'application/json; charset=utf-8'));

export function jsonText(fields: Readonly<Record<string, PyValue>>): string {
  return dumps(pyObject(fields));
}

/** `[…]` with the exact texts that were hashed. */
export function blocksText(blocks: readonly KeptBlock[]): string {
  return `[${blocks.map(({ text }) => text).join(', ')}]`;
}

export function chainText(blocks: readonly KeptBlock[]): string {
  return `{"chain": ${blocksText(blocks)}, "length": ${blocks.length}}`;
}
