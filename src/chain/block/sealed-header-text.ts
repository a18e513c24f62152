/** Sealed headers apart from their entries: `{header,hash,signature}`, as in the files of a static layout and in evidence (protocol, sections 9 and 12). */
import { headerText, type SealedHeader } from './block.js';
import { asFields, unknownField } from '../bytes/fields.js';
import { JsonError, jsonProblem, parseStrictJson } from '../bytes/json.js';
import { parseHeader } from './verify-block.js';

/** Blocks whose sealed headers are in one file. */
export const BLOCK_LINES_MAX = 256;

const SEALED_FIELDS = new Set(['header', 'hash', 'signature']);
const HEADER_FIELDS = new Set([
  'chain',
  'index',
  'previous_hash',
  'timestamp',
  'tree_root',
  'tree_size',
  'version',
]);

/** One line of JSON without its line feed; the header in it is the canonical text that the hash is of. */
export function sealedHeaderLine(sealed: SealedHeader): string {
  return `{"header":${headerText(sealed)},"hash":"${sealed.hash}","signature":"${sealed.signature}"}`;
}

/**
 * The sealed header in such an object, its forms only: neither its hash nor its signature is verified.
 * @returns a sentence without a subject where it is none
 */
export function parseSealedHeader(value: unknown): SealedHeader | string {
  const fields = asFields(value);
  const header = asFields(fields?.header);
  if (fields === undefined || header === undefined || unknownField(fields, SEALED_FIELDS) !== undefined) {
    return 'must be a sealed header: header, hash and signature';
  }
  const extra = unknownField(header, HEADER_FIELDS);
  if (extra !== undefined) return `must have no field ${extra.slice(0, 40)} in its header`;
  const { hash, signature } = fields;
  const parsed = parseHeader({ ...header, hash, signature });
  if (!('fault' in parsed)) return parsed;
  return `must be a sealed header, but ${parsed.message.replace(/^(?:it|block \d+) /, '')}`;
}

/** A file of the layout: the sealed headers of blocks that follow each other, each with a line feed. */
export function formatBlockLines(blocks: readonly SealedHeader[]): string {
  return blocks.map((block) => `${sealedHeaderLine(block)}\n`).join('');
}

/**
 * The sealed headers in the file `block/<fileIndex>`, their forms only: line i, from 0, has block 256 · fileIndex + i + 1,
 * byte for byte as {@link sealedHeaderLine} writes it.
 * @param count lines that the file must have: 256, or fewer in a partial one
 * @returns a sentence about what is wrong with the file, with the line's number
 */
export function parseBlockLines(
  text: string,
  fileIndex: number,
  count: number,
): readonly SealedHeader[] | string {
  const lines = text.split('\n', count + 2);
  if (lines.pop() !== '' || lines.length !== count) return `the file must have ${count} lines`;
  const blocks: SealedHeader[] = [];
  for (const [place, line] of lines.entries()) {
    const block = parseLine(line);
    if (typeof block === 'string') return `line ${place + 1} ${block}`;
    const index = BLOCK_LINES_MAX * fileIndex + place + 1;
    if (block.index !== index) return `line ${place + 1} must have block ${index} (found ${block.index})`;
    blocks.push(block);
  }
  return blocks;
}

function parseLine(line: string): SealedHeader | string {
  let value: unknown;
  try {
    ({ value } = parseStrictJson(line));
  } catch (error) {
    if (error instanceof JsonError) return `must be JSON: ${jsonProblem(error)}`;
    throw error;
  }
  const block = parseSealedHeader(value);
  if (typeof block === 'string') return block;
  return sealedHeaderLine(block) === line ? block : 'must be written as the protocol says';
}
