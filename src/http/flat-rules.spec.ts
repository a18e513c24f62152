import { Exclude, Transform, Type, type ClassConstructor } from 'class-transformer';
import { IsDefined, IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { NewInformationDto } from '../producer/dto/new-information.dto.js';
import {
  AnswerDto,
  NewIssueDto,
  NewTransactionDto,
  NewTransactionsDto,
} from '../producer/dto/new-transaction.dto.js';
import { InvalidInput } from '../ledger/errors.js';
import { compileFlatReader } from './flat-rules.js';
import { JsonValue, LongNumber } from './json-body.js';
import { IsName, IsWholeParam, StrictValidationPipe, Verbatim } from './validation.js';

class DefaultsDto {
  @IsOptional()
  @IsInt()
  @Min(1)
  readonly count?: number = 100;

  @IsDefined()
  readonly there!: unknown;
}

const HOLDER = ['sender', 'nonce', 'public_key', 'signature'];
const MOVE = [...HOLDER, 'recipient', 'amount'];
/** Every class that compiled rules are made for, and its fields. */
const FLAT: readonly [ClassConstructor<object>, readonly string[]][] = [
  [NewTransactionDto, [...MOVE, 'memo', 'hold_until']],
  [NewIssueDto, MOVE],
  [AnswerDto, HOLDER],
  [NewTransactionsDto, ['transactions']],
  [NewInformationDto, ['information', 'nonce']],
  [DefaultsDto, ['count', 'there']],
];

/** What the producer's bodies are made of, right and wrong, and what means something to JavaScript. */
const names = [
  ...['sender', 'recipient', 'amount', 'nonce', 'memo', 'hold_until', 'public_key', 'signature'],
  ...['transactions', 'information', 'count', 'there', 'constructor', 'prototype', 'toString', 'then', 'x'],
];
const values = fc.oneof(
  fc.constantFrom<unknown>('alice', 'bob', '1', '0.5', 'n-1', ' a', '', 'a'.repeat(64), 'a'.repeat(300)),
  fc.constantFrom<unknown>(0, 1, -1, 1.5, 1_760_000_000_000, true, null, undefined, new LongNumber(20)),
  fc.constantFrom<unknown>('ab'.repeat(32), 'ab'.repeat(64), '\ud800', new JsonValue({ constructor: 1 })),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(fc.constant({ sender: 'alice' }), { maxLength: 3 }),
);
const right: Readonly<Record<string, unknown>> = {
  ...{ sender: 'alice', recipient: 'bob', amount: '1', nonce: 'n', memo: '', hold_until: 1 },
  ...{ public_key: 'ab'.repeat(32), signature: 'ab'.repeat(64), count: 1, there: '' },
  ...{ transactions: [{}], information: new JsonValue(null) },
};
/** Some fields as they should be, and now and then another. */
const objectsWith = (fields: readonly string[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.subarray([...fields], { minLength: Math.ceil(fields.length / 2) }),
      fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 2 }),
    )
    .map(([kept, changed]) => ({
      ...Object.fromEntries(kept.map((name) => [name, right[name]])),
      ...changed,
    }));
const others = fc.constantFrom<unknown>(undefined, null, 'text', 1, [], [{}], new Date(0));

/** Without compiled rules. */
class SlowPipe extends StrictValidationPipe {
  protected override readFlat(): undefined {
    return undefined;
  }
}

const outcome = async (make: () => unknown): Promise<unknown> => {
  try {
    return { accepted: await make() };
  } catch (error) {
    return error instanceof InvalidInput ? { errors: error.errors } : { threw: (error as Error).name };
  }
};

const DROPPED = ['constructor', 'prototype', '__proto__'];

/**
 * So that one way of reading has no hand in what the other gets. Without the keys that Nest drops also from what a
 * verbatim field holds, where compiled rules don't look.
 */
function copy(value: unknown, isInner = false): unknown {
  if (Array.isArray(value)) return value.map((item) => copy(item, true));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  const kept = Object.entries(value).filter(([key]) => !isInner || !DROPPED.includes(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, copy(item, true)]));
}

describe.each(FLAT)('%p', (type, fields) => {
  test('is compiled', () => {
    expect(compileFlatReader(type)).toBeDefined();
  });

  test.each(['a body', 'a part of one'])(
    'is read alike with and without compiled rules, as %s',
    async (as) => {
      const read = (pipe: StrictValidationPipe, value: unknown): Promise<unknown> =>
        outcome(() =>
          as === 'a body'
            ? pipe.transform(value, { type: 'body', metatype: type })
            : pipe.read(type, value as object),
        );
      const [fast, slow] = [new StrictValidationPipe(), new SlowPipe()];
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(
          as === 'a body'
            ? fc.oneof(others, { arbitrary: objectsWith(fields), weight: 9 })
            : objectsWith(fields),
          async (value) => {
            const found = await read(fast, copy(value));
            // strict: of the same class, with the same fields, those without a value included
            expect(found).toStrictEqual(await read(slow, copy(value)));
            if (compileFlatReader(type)?.(value) !== undefined) accepted++;
          },
        ),
        { numRuns: 1000 },
      );
      expect(accepted).toBeGreaterThan(50);
    },
  );
});

class NestedDto {
  @ValidateNested()
  @Type(() => DefaultsDto)
  readonly inner!: DefaultsDto;
}
class EachDto {
  @IsString({ each: true })
  readonly names!: readonly string[];
}
class GroupDto {
  @IsString({ groups: ['some'] })
  readonly name!: string;
}
class TransformedDto {
  @IsName()
  @Transform(({ value }) => String(value))
  readonly name!: string;
}
class ParamDto {
  @IsWholeParam(1, 2)
  readonly limit!: number;
}
class TypedDto {
  @IsInt()
  @Type(() => Number)
  readonly count!: number;
}
class ExcludingDto {
  @IsName()
  @Exclude()
  readonly name!: string;
}
class AccessorDto {
  @IsOptional()
  @Verbatim()
  get name(): string {
    return 'fixed';
  }
}
class PlainDto {
  readonly name!: string;
}

test.each([
  NestedDto,
  EachDto,
  GroupDto,
  TransformedDto,
  ParamDto,
  TypedDto,
  ExcludingDto,
  AccessorDto,
  PlainDto,
  Object,
  String,
])('%p is left to class-transformer and class-validator', (type) => {
  expect(compileFlatReader(type as ClassConstructor<object>)).toBeUndefined();
});
