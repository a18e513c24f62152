import { InvalidInput } from '../ledger/errors.js';
import { JsonValue, LongNumber, parseBody } from './json-body.js';
import { MalformedJson } from './problem.js';

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
  ['{"a":1,"a":2}', '/a', 'is there twice'],
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

test('keeps information from whoever would change it', () => {
  const { information } = parse('{"information":{"constructor":"ACME","prototype":1}}');
  expect(information).toBeInstanceOf(JsonValue);
  expect(Object.keys(information as object)).toEqual([]);
  expect((information as JsonValue).value).toEqual(JSON.parse('{"constructor":"ACME","prototype":1}'));
});

describe('a number of more digits than a double keeps', () => {
  test('is marked where it is an amount', () => {
    const body = parse(
      '{"amount":12345678901234567,"transactions":[{"amount":1},{"amount":0.1234567890123456}]}',
    );
    expect(body.amount).toEqual(new LongNumber(17));
    expect(body.transactions).toEqual([{ amount: 1 }, { amount: new LongNumber(16) }]);
    expect((body.amount as LongNumber).message).toBe(
      'has 17 significant digits and may have been rounded: send it as a string',
    );
  });

  test('is left alone elsewhere', () => {
    expect(parse('{"other":12345678901234567}')).toEqual({ other: 12345678901234567 });
  });
});
