import { ChainBuilder, type Wire } from '../../../test/support/chain-builder.js';
import { toHex } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import type { SealedHeader } from './block.js';
import {
  formatBlockLines,
  parseBlockLines,
  parseSealedHeader,
  sealedHeaderLine,
} from './sealed-header-text.js';
import { parseHeader } from './verify-block.js';

const chain = ChainBuilder.token();
chain.seal([chain.transfer()]);
chain.seal([]);
const headers = chain.blocks.map((block): SealedHeader => {
  const header = parseHeader(block);
  if ('fault' in header) throw new Error(header.message);
  return header;
});
const file = formatBlockLines(headers);

describe('a sealed header apart from its entries', () => {
  const [, sealed] = headers as [SealedHeader, SealedHeader];
  const line = sealedHeaderLine(sealed);
  const wire = JSON.parse(line) as { header: Wire; hash: string; signature: string };

  it('has the canonical text that its hash is of', () => {
    const header = line.slice('{"header":'.length, line.indexOf(',"hash":'));
    expect(toHex(sha256(header))).toBe(sealed.hash);
    expect(Object.keys(wire)).toEqual(['header', 'hash', 'signature']);
    expect(parseSealedHeader(wire)).toEqual(sealed);
  });

  it.each<[string, unknown, string]>([
    ['no object', [], 'must be a sealed header: header, hash and signature'],
    ['no header', { hash: wire.hash }, 'must be a sealed header: header, hash and signature'],
    ['a field more', { ...wire, x: 1 }, 'must be a sealed header: header, hash and signature'],
    [
      'a field more in the header',
      { ...wire, header: { ...wire.header, hash: wire.hash } },
      'must have no field hash in its header',
    ],
    [
      'no signature',
      { ...wire, signature: undefined },
      'must be a sealed header, but does not have the form',
    ],
    [
      'another version',
      { ...wire, header: { ...wire.header, version: 2 } },
      'must be a sealed header, but has a different protocol version',
    ],
  ])('with %s is none', (_what, value, problem) => {
    const parsed = parseSealedHeader(value);
    expect(typeof parsed === 'string' ? parsed : 'a header').toContain(problem);
  });
});

describe('a file of blocks', () => {
  it('has a line a block', () => {
    expect(file.split('\n')).toEqual([...headers.map(sealedHeaderLine), '']);
    expect(parseBlockLines(file, 0, 3)).toEqual(headers);
  });

  it('begins with block 256 N + 1', () => {
    expect(parseBlockLines(file, 1, 3)).toBe('line 1 must have block 257 (found 1)');
    const later = headers.map((header, i) => ({ ...header, index: 256 * 7 + i + 1 }));
    expect(parseBlockLines(formatBlockLines(later), 7, 3)).toEqual(later);
  });

  it.each([
    ['fewer lines than it should', file, 4, 'the file must have 4 lines'],
    ['more lines than it should', file, 2, 'the file must have 2 lines'],
    ['no line feed at its end', file.slice(0, -1), 3, 'the file must have 3 lines'],
    ['an empty line', file.replace('\n', '\n\n'), 4, 'line 2 must be JSON: it is not valid JSON'],
    ['white space', file.replace(',"hash"', ', "hash"'), 3, 'line 1 must be written as the protocol says'],
    [
      'a key twice',
      file.replace('{"header"', '{"hash":1,"header"'),
      3,
      'line 1 must be JSON: /hash is a duplicate key',
    ],
    ['two blocks exchanged', formatBlockLines(headers.toReversed()), 3, 'line 1 must have block 1 (found 3)'],
  ])('with %s is refused', (_what, text, count, problem) => {
    expect(parseBlockLines(text, 0, count)).toContain(problem);
  });
});
