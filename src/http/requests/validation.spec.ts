import { ArrayMaxSize, IsArray, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';
import { NewInformationDto } from '../../producer/http/dto/new-information.dto.js';
import {
  AnswerDto,
  NewIssueDto,
  NewTransactionDto,
  NewTransactionsDto,
} from '../../producer/http/dto/new-transaction.dto.js';
import { PendingPageDto } from '../../producer/http/dto/pending-page.dto.js';
import { FieldErrors, InvalidInput, InvariantError } from '../../ledger/errors.js';
import { EventsQueryDto } from '../dto/events.dto.js';
import { NodesRequestDto } from '../dto/node.dto.js';
import { PageDto } from '../dto/page.dto.js';
import { SearchQueryDto } from '../dto/search.dto.js';
import { TransactionQueryDto } from '../dto/transaction.dto.js';
import { readDto, RefusedValue, type DtoClass } from './dto-reader.js';
import {
  IsJson,
  IsMemo,
  IsName,
  IsNonce,
  IsWholeParam,
  MayBeMissing,
  Rule,
  StrictValidationPipe,
} from './validation.js';

class BaseDto {
  @IsNonce()
  readonly nonce!: string;
}

class BodyDto extends BaseDto {
  @IsOptional()
  @IsMemo()
  readonly memo?: string;

  @IsOptional()
  @Min(1)
  @IsInt()
  readonly count?: number;

  @IsOptional()
  @IsWholeParam(1, 1000)
  readonly limit?: number = 7;

  @MayBeMissing()
  @IsName()
  readonly sender?: string;

  @MayBeMissing()
  @IsJson()
  readonly information?: unknown;

  @IsOptional()
  @ArrayMaxSize(2, { message: 'must have at most 2 items' })
  @IsArray({ message: 'must be an array' })
  readonly items?: readonly unknown[];
}

const pipe = new StrictValidationPipe();
const read = (body: unknown): BodyDto => pipe.transform(body, { type: 'body', metatype: BodyDto }) as BodyDto;

function refusalOf(act: () => unknown): InvalidInput | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
}
const refusal = (body: unknown): unknown => refusalOf(() => read(body))?.errors ?? 'accepted';

test('gives an instance of the DTO with the fields as they came, and its own for those that are missing', () => {
  const information = JSON.parse('{"constructor":"ACME","a":[{"prototype":1}]}') as unknown;
  const body = read({ nonce: 'n', information });
  expect(body).toBeInstanceOf(BodyDto);
  expect({ ...body }).toEqual({ nonce: 'n', limit: 7, information });
  expect(body.information).toBe(information);
});

test('names each wrong field once, in the order of the request, and what no request has at the end', () => {
  const body = { other: 1, count: 0, items: [1, 2, 3], sender: ' b', memo: null };
  expect(refusal(body)).toEqual([
    { field: 'nonce', message: 'is missing' },
    { field: 'count', message: 'must not be less than 1' },
    { field: 'sender', message: expect.stringMatching(/^must be 1 to 128 char/) as unknown },
    { field: 'items', message: 'must have at most 2 items' },
    { field: 'other', message: 'is not a field of this request' },
  ]);
});

test.each([
  [{ nonce: 'n', count: '1' }, 'count', 'must be an integer number'],
  [{ nonce: 'n', items: {} }, 'items', 'must be an array'],
  [{ nonce: null }, 'nonce', 'must be 1 to 64 characters of A-Z a-z 0-9 . _ : -'],
])('tells the first rule that %j breaks', (body, field, message) => {
  expect(refusal(body)).toEqual([{ field, message }]);
});

test('takes a missing body for an empty one', () => {
  expect(refusal(undefined)).toEqual([{ field: 'nonce', message: 'is missing' }]);
});

test.each(['text', 7, ['nonce']])('refuses %j in the place of an object', (body) => {
  expect(refusal(body)).toEqual([{ field: '', message: 'must be an object' }]);
});

test.each(['\0', 'a\nb', '\ud800', 'é'.repeat(129)])('refuses %j as a memo or a name', (text) => {
  const memo = [{ field: 'memo', message: 'must be a string of at most 256 bytes in UTF-8' }];
  const isMemoWrong = !text.isWellFormed() || Buffer.byteLength(text) > 256;
  expect(refusal({ nonce: 'n', memo: text })).toEqual(isMemoWrong ? memo : 'accepted');
  expect(refusal({ nonce: 'n', sender: text })).toMatchObject([{ field: 'sender' }]);
});

test.each([
  ['1', 1],
  ['1000', 1000],
])('reads the limit %s', (text, limit) => {
  expect(read({ nonce: 'n', limit: text }).limit).toBe(limit);
});

test.each(['0', '1001', '-1', '1.5', '1e2', '0x10', '', ' 1', '01', 'NaN', ['1', '2'], {}])(
  'refuses the limit %j',
  (limit) => {
    expect(refusal({ nonce: 'n', limit })).toEqual([
      { field: 'limit', message: 'must be a whole number from 1 to 1000' },
    ]);
  },
);

test('tells what the parser refused in the place of a value', () => {
  const wrong = new FieldErrors();
  wrong.add('information.id', 'is a number that would change');
  expect(refusal({ information: new RefusedValue(wrong) })).toEqual([
    { field: 'nonce', message: 'is missing' },
    { field: 'information.id', message: 'is a number that would change' },
  ]);
});

/** Every DTO that a request is read by, and fields that make a right one. */
const hash = 'ab'.repeat(32);
const move = { sender: 'alice', recipient: 'bob', amount: 1 };
const DTOS: readonly (readonly [DtoClass<object>, Readonly<Record<string, unknown>>])[] = [
  [NewTransactionDto, { ...move, nonce: 'n', memo: '', hold_until: 1, public_key: hash }],
  [NewIssueDto, { ...move, signature: hash + hash }],
  [AnswerDto, { sender: 'bob' }],
  [NewTransactionsDto, { transactions: [{}] }],
  [NewInformationDto, { information: null }],
  [NodesRequestDto, { nodes: ['a:1'] }],
  [PageDto, { from: '1', limit: '2' }],
  [PendingPageDto, { cursor: '0' }],
  [TransactionQueryDto, { address: 'alice', cursor: '4', limit: '2' }],
  [SearchQueryDto, { q: 'x' }],
  [EventsQueryDto, { chain: 'aka', types: 'block,fault', address: 'alice' }],
];
const OBJECTS_OWN = Object.getOwnPropertyNames(Object.prototype);

describe.each(DTOS)('%p', (type, right) => {
  const errorsOf = (given: unknown): InvalidInput | undefined =>
    refusalOf(() => pipe.transform(given, { type: 'body', metatype: type }));

  test('takes what is right', () => {
    expect(errorsOf(right)).toBeUndefined();
    expect(errorsOf(Object.assign(Object.create(null), right))).toBeUndefined();
  });

  test.each([...OBJECTS_OWN, 'prototype', 'then', 'length', ''])('refuses the field %j', (name) => {
    // defined, since an assignment to __proto__ makes no field
    const given = Object.defineProperty({ ...right }, name, { value: 1, enumerable: true });
    const errors = [{ field: name, message: 'is not a field of this request' }];
    expect(errorsOf(given)?.errors).toEqual(errors);
  });

  test('says of each field that has to be there that it is missing', () => {
    for (const { message } of errorsOf({})?.errors ?? []) expect(message).toBe('is missing');
  });

  test('does work in proportion to the unknown fields, and names a hundred', () => {
    const work = (count: number): number => {
      let touched = 0;
      const fields = {
        ...right,
        ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])),
      };
      const counting = new Proxy(fields, {
        get: (target, name) => (touched++, Reflect.get(target, name) as unknown),
        has: (target, name) => (touched++, Reflect.has(target, name)),
        getOwnPropertyDescriptor: (target, name) => (
          touched++,
          Reflect.getOwnPropertyDescriptor(target, name)
        ),
        ownKeys: (target) => ((touched += count), Reflect.ownKeys(target)),
      });
      const error = errorsOf(counting);
      expect([error?.errors.length, error?.omitted]).toEqual([100, count - 100]);
      return touched;
    };
    expect(work(80_000)).toBeLessThan(80_000 * 2 + 100);
  });
});

test('looks at no value of an unknown field, and at none inside of a known one', () => {
  const forbidden = new Proxy(
    {},
    {
      get: (_target, name) => {
        throw new Error(`looked at ${String(name)}`);
      },
      ownKeys: () => {
        throw new Error('looked at keys');
      },
      getPrototypeOf: () => null,
    },
  );
  expect(refusal({ nonce: 'n', information: forbidden, other: forbidden })).toEqual([
    { field: 'other', message: 'is not a field of this request' },
  ]);
});

test('asks each rule once, however many fields there are', () => {
  let calls = 0;
  class CountingDto {
    @Rule('counting', () => ++calls > 0, 'must be counted')
    readonly field!: unknown;
  }
  const given = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
  const wrong = new FieldErrors();
  readDto(CountingDto, { field: 1, ...given }, wrong);
  expect([calls, wrong.refusal().omitted]).toEqual([1, 9900]);
});

test('leaves alone what has no DTO', () => {
  for (const metatype of [String, Object, undefined]) {
    expect(pipe.transform(['x'], { type: 'body', metatype })).toEqual(['x']);
  }
});

class NestedDto {
  @ValidateNested()
  readonly inner!: BodyDto;
}
class EachDto {
  @IsInt({ each: true })
  readonly numbers!: readonly number[];
}
class GroupDto {
  @IsInt({ groups: ['some'] })
  readonly number!: number;
}

test.each([NestedDto, EachDto, GroupDto])('knows no rule as that of %p', (type: DtoClass<object>) => {
  expect(() => readDto(type, {}, new FieldErrors())).toThrow(InvariantError);
});
