/** The content of information records beside their leaves, in receipts and in the files of a static layout (protocol, sections 9 and 10). */
import { asFields } from '../bytes/fields.js';
import { JsonError, parseStrictJson } from '../bytes/json.js';
import { readInformation, type InformationContent } from './entry.js';

/** Entries whose content is in one file. */
export const CONTENT_LINES_MAX = 256;

/** An entry's line: its content, `erased`, or `none` for an entry that never has any (an erasure). */
export type ContentLine = InformationContent | 'erased' | 'none';

const ERASED_LINE = '{"erased":true}';
const NONE_LINE = '{}';
/** `information` is nested in one object. */
const OUTER_DEPTH = 1;
const SALT = /^[0-9a-f]{32}$/;

/** JCS({information, salt}). */
export function contentText({ text, salt }: InformationContent): string {
  return `{"information":${text},"salt":"${salt}"}`;
}

/** The content in a text that {@link contentText} gives; undefined for any other, and for one beyond the limits. */
export function parseContentText(text: string): InformationContent | undefined {
  let value: unknown;
  try {
    ({ value } = parseStrictJson(text, OUTER_DEPTH));
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
  const fields = asFields(value);
  if (fields === undefined || !('information' in fields)) return undefined;
  const { information, salt } = fields;
  if (typeof salt !== 'string' || !SALT.test(salt)) return undefined;
  const read = readInformation(information);
  if (typeof read === 'string') return undefined;
  const content = { text: read.text, salt };
  return contentText(content) === text ? content : undefined;
}

/** A file of the layout: a line an entry, each with a line feed. */
export function formatContentLines(lines: readonly ContentLine[]): string {
  return lines.map((line) => `${lineText(line)}\n`).join('');
}

function lineText(line: ContentLine): string {
  if (line === 'erased') return ERASED_LINE;
  return line === 'none' ? NONE_LINE : contentText(line);
}

/**
 * The lines of such a file. It may have fewer than 256: the rest is not there yet. Whether a content is its leaf's is
 * not looked at.
 * @returns a sentence about what is wrong with the file, with the line's number
 */
export function parseContentLines(text: string): readonly ContentLine[] | string {
  const lines = text.split('\n', CONTENT_LINES_MAX + 2);
  if (lines.pop() !== '') return `the file must be at most ${CONTENT_LINES_MAX} lines, each with a line feed`;
  if (lines.length > CONTENT_LINES_MAX) return `the file must have at most ${CONTENT_LINES_MAX} lines`;
  const parsed: ContentLine[] = [];
  for (const [place, line] of lines.entries()) {
    const content = parseContentLine(line);
    if (content === undefined) {
      return `line ${place + 1} must be information and salt, or ${ERASED_LINE}, or {}, as canonical JSON`;
    }
    parsed.push(content);
  }
  return parsed;
}

function parseContentLine(line: string): ContentLine | undefined {
  if (line === ERASED_LINE) return 'erased';
  return line === NONE_LINE ? 'none' : parseContentText(line);
}
