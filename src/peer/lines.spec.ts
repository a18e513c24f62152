import fc from 'fast-check';
import { LineSplitter } from './lines.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (line: Uint8Array): string => new TextDecoder().decode(line);

function split(
  pieces: readonly Uint8Array[],
  max = 1000,
): { lines: string[]; rest: string; overflowed: boolean } {
  const splitter = new LineSplitter(max);
  const lines: string[] = [];
  for (const piece of pieces) for (const line of splitter.push(piece)) lines.push(text(line));
  return { lines, rest: text(splitter.rest()), overflowed: splitter.overflowed };
}

describe('LineSplitter', () => {
  it.each([
    [[], [], ''],
    [[''], [], ''],
    [['a'], [], 'a'],
    [['a\n'], ['a'], ''],
    [['a', '\n'], ['a'], ''],
    [['\n\n'], ['', ''], ''],
    [['a\nb\nc'], ['a', 'b'], 'c'],
    [['a', 'b', 'c\nd', 'e\n', 'f'], ['abc', 'de'], 'f'],
    [['a\r\nb\n'], ['a\r', 'b'], ''],
  ])('cuts %j into %j and %j', (pieces, lines, rest) => {
    expect(split(pieces.map(bytes))).toEqual({ lines, rest, overflowed: false });
  });

  it('gives the same lines however the bytes are cut up, characters of several bytes included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ''))),
        fc.array(fc.nat({ max: 40 })),
        (lines, cuts) => {
          const whole = bytes(lines.map((line) => `${line}\n`).join(''));
          const pieces: Uint8Array[] = [];
          let start = 0;
          for (const cut of [...cuts, whole.length]) {
            pieces.push(whole.subarray(start, start + cut));
            start = Math.min(whole.length, start + cut);
          }
          expect(split(pieces, 10_000)).toEqual({ lines, rest: '', overflowed: false });
        },
      ),
    );
  });

  it.each([[['abcd']], [['ab', 'cd']], [['abcd\nef\n']], [['ab', 'cd\nef\n']], [['a\nbcde\nf\n']]])(
    'stops at a line that is too long: %j',
    (pieces) => {
      const { lines, overflowed } = split(pieces.map(bytes), 3);
      expect(overflowed).toBe(true);
      expect(lines).toEqual(pieces.join('').startsWith('a\n') ? ['a'] : []);
    },
  );

  it('takes a line of exactly the length allowed', () => {
    expect(split([bytes('abc\nabc\n')], 3)).toEqual({ lines: ['abc', 'abc'], rest: '', overflowed: false });
  });

  it('takes a long line byte by byte in time that grows with its length alone', () => {
    const length = 2_000_000;
    const splitter = new LineSplitter(length);
    const piece = bytes('x');
    for (let i = 0; i < length; i++) for (const line of splitter.push(piece)) line.at(0);
    const [line] = splitter.push(bytes('\n'));
    expect(line?.length).toBe(length);
  });
});
