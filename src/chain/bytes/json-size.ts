/** Limits the memory that a JSON text would take, before it is parsed: `[[],[],…` takes ten times its length. */
import { JSON_DEPTH_MAX, JsonError } from './json.js';

/** The characters that delimit strings, values and lists in JSON (RFC 8259, section 2), as UTF-16 code units. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;

/**
 * Refuses text with more values or deeper nesting than expected; the parser decides whether it is valid JSON. It makes
 * one pass and allocates no memory.
 * @param outerDepth nesting levels that an envelope adds around the protocol's own value
 * @throws JsonError
 */
export function assertJsonSize(text: string, valuesMax: number, outerDepth = 0): void {
  const depthMax = JSON_DEPTH_MAX + outerDepth;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        values++;
        if (++depth > depthMax) throw new JsonError(`is nested deeper than ${depthMax} levels`);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        break;
      case COMMA:
        values++;
    }
    if (values > valuesMax) throw new JsonError(`has more than ${valuesMax} values`);
  }
}

/** Parses text from outside; undefined if it is not JSON, or has more values or deeper nesting than expected. */
export function modestJson(text: string, valuesMax: number, outerDepth = 0): unknown {
  try {
    assertJsonSize(text, valuesMax, outerDepth);
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The position of the closing quote of the string that begins at `start`, or the end of the text. */
export function stringEnd(text: string, start: number): number {
  let end = start;
  do end = text.indexOf('"', end + 1);
  while (end !== -1 && isEscaped(text, start, end));
  return end === -1 ? text.length : end;
}

/** Whether the quote at `end`, in a string that begins at `start`, is preceded by an odd number of backslashes. */
function isEscaped(text: string, start: number, end: number): boolean {
  let from = end;
  while (from - 1 > start && text.charCodeAt(from - 1) === BACKSLASH) from--;
  return (end - from) % 2 === 1;
}
