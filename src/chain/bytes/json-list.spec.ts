import fc from 'fast-check';
import { jsonValue, writtenOtherwise } from '../../../test/support/arbitraries.js';
import { cutList, parsePiece, type CutList, type CutOptions } from './json-list.js';

const FREE: CutOptions = { elementsMax: 1e9, elementMax: 1e9 };

function cut(text: string, options = FREE): CutList {
  const steps = cutList(text, 'list', options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The object with its list, reassembled from rest and pieces; undefined if that fails. */
function joined(text: string): unknown {
  const { rest, pieces, isTwice, count } = cut(text);
  let value: unknown;
  try {
    value = JSON.parse(rest);
  } catch {
    return undefined;
  }
  if (count === undefined) return value;
  const items = pieces.map((piece) => parsePiece(text, piece));
  if (isTwice || items.includes(undefined)) return undefined;
  const list = items.flat(1);
  return list.length === count ? { ...(value as object), list } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('cutList', () => {
  it('agrees with JSON.parse, whatever is in the object and its list, and however it is written', () => {
    const list = fc.array(jsonValue, { maxLength: 5 });
    fc.assert(
      fc.property(list, jsonValue, jsonValue, fc.integer({ min: 1, max: 1e9 }), (items, a, b, seed) => {
        let state = seed;
        const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
        const text = writtenOtherwise({ a, list: items, b }, random);
        expect(joined(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('agrees with JSON.parse on every text with one character changed, except for a duplicate list', () => {
    const text = '{"a":"\\\\\\"]","list":[{"b":[1,"x,]"]},[],"\\u0041",-1.5,null ] ,"c":{"list":[2]}}';
    for (let at = 0; at < text.length; at++) {
      for (const char of ['"', '\\', '[', ']', '{', '}', ',', ':', ' ', '1', 'a', '']) {
        const changed = text.slice(0, at) + char + text.slice(at + 1);
        expect([changed, joined(changed)]).toEqual([changed, parsed(changed)]);
      }
    }
  });

  it.each([
    ['an escaped name', '{"l\\u0069st":[1,2]}', 2],
    ['no list', '{"lists":[1]}', undefined],
    ['an object instead', '{"list":{"list":[1]}}', undefined],
    ['a list inside', '{"a":{"list":[1]}}', undefined],
    ['the name as a value', '{"a":"list","b":[1]}', undefined],
    ['the name in an array', '["list",[1]]', undefined],
    ['an empty list', '{"list":[ \n]}', 0],
    ['a list without an end', '{"list":[1,2', undefined],
    ['a string without an end', '{"list":["', undefined],
  ])('finds %s', (_, text, count) => {
    expect(cut(text).count).toBe(count);
  });

  it('cuts the requested number of elements into pieces, and counts the others', () => {
    const text = `{"list":[${Array(1000).fill('{}').join()}]}`;
    const { count, pieces } = cut(text, { elementsMax: 300, elementMax: 100 });
    expect([count, pieces.map(({ first, count: size }) => [first, size])]).toEqual([
      1000,
      [
        [0, 256],
        [256, 44],
      ],
    ]);
  });

  it('stops before an element that is too long, wherever it is', () => {
    for (const place of [0, 1, 5]) {
      const items = Array.from({ length: 6 }, (_, i) => (i === place ? `"${'x'.repeat(50)}"` : '1'));
      const text = `{"list":[${items.join()}]}`;
      const { tooLong, pieces } = cut(text, { elementsMax: 9, elementMax: 50 });
      expect([tooLong, pieces.flatMap((piece) => parsePiece(text, piece) ?? [])]).toEqual([
        place,
        Array(place).fill(1),
      ]);
    }
  });

  it('limits the size of pieces, however many elements there are, and works in steps', () => {
    const item = JSON.stringify('y'.repeat(10_000));
    const text = `{"list":[${Array(400).fill(item).join()}]}`;
    const steps = [...cutList(text, 'list', FREE)].length;
    const { pieces } = cut(text);
    expect(Math.max(...pieces.map(({ start, end }) => end - start))).toBeLessThan(80_000);
    expect(steps).toBeGreaterThanOrEqual(3);
  });
});
