import { InvalidInput } from '../../ledger/errors.js';
import { RefusedValue } from './dto-reader.js';
import { parseBody } from './json-body.js';
import { MalformedJson } from '../server/problem.js';

const parse = (text: string): Record<string, unknown> => parseBody(Buffer.from(text));

function refusal(body: string | Uint8Array): unknown {
  try {
    parseBody(typeof body === 'string' ? Buffer.from(body) : body);
  } catch (error) {
    if (error instanceof MalformedJson || error instanceof InvalidInput) return error.errors;
    throw error;
  }
  return 'accepted';
}

test('reads an object', () => {
  expect(parse('{"sender":"alice","amount":1.5}')).toEqual({ sender: 'alice', amount: 1.5 });
});

test.each([
  ['{"a":1,"a":2}', '/a', 'is a duplicate key'],
  ['{"a":{"__proto__":1}}', '/a/__proto__', 'is a key that is not allowed'],
  ['{"a":[0,1e400]}', '/a/1', 'must be a number that a 64-bit double can hold'],
  ['{"a":"\\ud800"}', '/a', 'has a lone surrogate'],
])('refuses %s, and points at it', (text, field, message) => {
  expect(refusal(text)).toEqual([{ field, message }]);
});

test('refuses what is no JSON at all', () => {
  expect(refusal('{"a":')).toEqual([
    { field: '', message: expect.stringMatching(/^is not valid JSON: /) as unknown },
  ]);
});

test('refuses bytes that are not UTF-8', () => {
  expect(refusal(Uint8Array.of(0x22, 0xff, 0x22))).toEqual([{ field: '', message: 'is not valid UTF-8' }]);
});

test.each(['[]', '"text"', '5', 'null', 'true'])('refuses the body %s', (text) => {
  expect(refusal(text)).toEqual([{ field: '', message: 'the body must be a JSON object' }]);
});

test('lets information be as deep as the protocol allows, and names it when it is deeper', () => {
  const nested = (depth: number): string => `{"information":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(refusal(nested(32))).toBe('accepted');
  expect(refusal(nested(33))).toEqual([{ field: 'information', message: 'is nested deeper than 32 levels' }]);
});

/** The errors that stand in a value's place. */
function refused(value: unknown): readonly unknown[] {
  return value instanceof RefusedValue ? value.wrong.refusal().errors : [value];
}

describe('a number of more digits than a double keeps', () => {
  test('is refused where it is an amount, also one that is right as it stands', () => {
    const body = parse(
      '{"amount":1234567890123456,"transactions":[{"amount":1},{"amount":0.1234567890123456}]}',
    );
    const message = 'has 16 significant digits and may have been rounded: send it as a string';
    const [right, long] = body.transactions as { amount: unknown }[];
    expect(refused(body.amount)).toEqual([{ field: 'amount', message }]);
    expect(right).toEqual({ amount: 1 });
    expect(refused(long?.amount)).toEqual([{ field: 'amount', message }]);
  });

  test('is left alone elsewhere while nothing of it is lost', () => {
    expect(parse('{"information":[0.30000000000000004,9007199254740992],"other":1e22}')).toEqual({
      information: [0.30000000000000004, 9007199254740992],
      other: 1e22,
    });
  });
});

describe('a number that canonical JSON would change', () => {
  test.each([
    ['information', '12345678901234567890', '12345678901234567000'],
    ['information.id', '{"id":1546130668394913822}', '1546130668394913800'],
    ['information.list[3].x', '{"list":[1,2,3,{"x":0.1000000000000000055}]}', '0.1'],
    ['information[0][1]', '[["1",1e-400]]', '0'],
    [
      'information.transactions[0].amount',
      '{"transactions":[{"amount":9007199254740993}]}',
      '9007199254740992',
    ],
  ])('is refused at %s', (field, information, becomes) => {
    const { information: found } = parse(`{"information":${information}}`);
    const message = `is a number that would be stored as ${becomes}: send it as a string`;
    expect(refused(found)).toEqual([{ field, message }]);
  });

  test.each([['amount'], ['hold_until'], ['sender'], ['metadata']])('is refused as %s', (field) => {
    const number = '1760000000000.00000001';
    expect(refused(parse(`{"${field}":${number}}`)[field])).toMatchObject([{ field }]);
    const { transactions } = parse(`{"transactions":[{},{"${field}":{"a":${number}}}]}`);
    const inside = (transactions as Record<string, unknown>[])[1]?.[field];
    expect(refused(inside)).toMatchObject([{ field: `${field}.a` }]);
  });

  test('is not asked for as a string where none is taken', () => {
    const message = 'is a number that would be stored as 9007199254740992';
    expect(refused(parse('{"hold_until":9007199254740993}').hold_until)).toEqual([
      { field: 'hold_until', message },
    ]);
  });

  test('is named a hundred times at most, and then counted', () => {
    const { information } = parse(`{"information":[${'1e-400,'.repeat(49_999)}1e-400]}`);
    const { errors, omitted } = (information as RefusedValue).wrong.refusal();
    expect([errors.length, omitted]).toEqual([100, 49_900]);
  });
});
