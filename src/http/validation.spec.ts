import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';
import { InvalidInput } from '../ledger/errors.js';
import { JsonValue } from './json-body.js';
import { IsMemo, IsName, IsNonce, IsWholeParam, StrictValidationPipe, Verbatim } from './validation.js';

class ItemDto {
  @IsName()
  readonly sender!: string;
}

class BodyDto {
  @IsNonce()
  readonly nonce!: string;

  @IsOptional()
  @IsMemo()
  readonly memo?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  readonly count?: number;

  @IsOptional()
  @IsWholeParam(1, 1000)
  readonly limit?: number;

  @IsOptional()
  @Verbatim()
  readonly information?: unknown;

  @IsOptional()
  @IsArray()
  @ValidateNested()
  @Type(() => ItemDto)
  readonly items?: readonly ItemDto[];
}

const pipe = new StrictValidationPipe();
const read = (body: unknown): Promise<BodyDto> =>
  pipe.transform(body, { type: 'body', metatype: BodyDto }) as Promise<BodyDto>;

async function refusal(body: unknown): Promise<unknown> {
  return read(body).then(
    () => 'accepted',
    (error: unknown) => (error instanceof InvalidInput ? error.errors : error),
  );
}

test('names each wrong field once, by its path, and does not say its name twice', async () => {
  const body = { nonce: '', count: 0, other: 1, items: [{ sender: 'a' }, { sender: ' b' }, { x: 1 }] };
  expect(await refusal(body)).toEqual([
    { field: 'other', message: 'is not a field of this request' },
    { field: 'nonce', message: 'must be 1 to 64 characters of A-Z a-z 0-9 . _ : -' },
    { field: 'count', message: 'must not be less than 1' },
    { field: 'items[1].sender', message: expect.stringMatching(/^must be 1 to 128 char/) as unknown },
    { field: 'items[2].x', message: 'is not a field of this request' },
    { field: 'items[2].sender', message: expect.stringMatching(/^must be 1 to 128 char/) as unknown },
  ]);
});

test('takes a missing body for an empty one', async () => {
  expect(await refusal(undefined)).toMatchObject([{ field: 'nonce' }]);
});

test.each(['\0', 'a\nb', '\ud800', 'é'.repeat(129)])('refuses %j as a memo or a name', async (text) => {
  const memo = [{ field: 'memo', message: 'must be a text of at most 256 bytes of UTF-8' }];
  const isMemoWrong = !text.isWellFormed() || Buffer.byteLength(text) > 256;
  expect(await refusal({ nonce: 'n', memo: text })).toEqual(isMemoWrong ? memo : 'accepted');
  expect(await refusal({ nonce: 'n', items: [{ sender: text }] })).toMatchObject([
    { field: 'items[0].sender' },
  ]);
});

test.each([
  ['1', 1],
  ['1000', 1000],
])('reads the limit %s', async (text, limit) => {
  expect((await read({ nonce: 'n', limit: text })).limit).toBe(limit);
});

test.each(['0', '1001', '-1', '1.5', '1e2', '0x10', '', ' 1', '01', 'NaN', ['1', '2'], {}])(
  'refuses the limit %j',
  async (limit) => {
    expect(await refusal({ nonce: 'n', limit })).toEqual([
      { field: 'limit', message: 'must be a whole number from 1 to 1000' },
    ]);
  },
);

test('leaves a verbatim field as it is', async () => {
  const information = new JsonValue(JSON.parse('{"constructor":"ACME","a":[{"prototype":1}]}'));
  expect((await read({ nonce: 'n', information })).information).toBe(information);
});

test('names a hundred fields at most', async () => {
  const items = Array.from({ length: 500 }, () => ({}));
  expect(await refusal({ nonce: 'n', items })).toHaveLength(100);
});
