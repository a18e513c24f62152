/** Checks requests at the door: Nest's ValidationPipe with our messages, and the rules that DTOs share. */
import {
  applyDecorators,
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import { plainToInstance, Transform, type ClassConstructor } from 'class-transformer';
import { ValidateBy, ValidateIf, validateSync, type ValidationError } from 'class-validator';
import { parseHash, type Hash } from '../chain/bytes.js';
import {
  isMemo,
  isName,
  isNonce,
  MEMO_EXPECTED,
  NAME_EXPECTED,
  NONCE_EXPECTED,
  TIME_EXPECTED,
} from '../chain/entry-fields.js';
import { isCount } from '../chain/fields.js';
import { InvalidInput, type FieldError } from '../ledger/errors.js';
import { compileFlatReader, verbatim, type FlatReader } from './flat-rules.js';

/** Fields that a refusal names: a batch of ten thousand wrong entries needs no ten thousand sentences. */
const FIELD_ERRORS_MAX = 100;

const RULES = { whitelist: true, forbidNonWhitelisted: true } as const;

/** What is flat and right is read by compiled rules; all else by class-transformer and class-validator. */
export class StrictValidationPipe extends ValidationPipe {
  /** undefined: a class that needs the other two */
  private readonly flat = new Map<unknown, FlatReader<object> | undefined>();

  constructor() {
    super({
      transform: true,
      ...RULES,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new InvalidInput(fieldErrors(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype } = metadata;
    const isBody = type === 'body' && metatype !== undefined;
    const right = isBody ? this.readFlat(metatype as ClassConstructor<object>, value) : undefined;
    return right ?? super.transform(value, metadata);
  }

  /**
   * The same for an object in a body, at once.
   * @throws InvalidInput
   */
  read<T extends object>(type: ClassConstructor<T>, value: object): T {
    const right = this.readFlat(type, value);
    if (right !== undefined) return right;
    this.stripProtoKeys(value);
    const instance = plainToInstance(type, value);
    const errors = validateSync(instance, RULES);
    if (errors.length > 0) throw new InvalidInput(fieldErrors(errors));
    return instance;
  }

  protected readFlat<T extends object>(type: ClassConstructor<T>, value: unknown): T | undefined {
    let reader = this.flat.get(type);
    if (reader === undefined && !this.flat.has(type)) {
      reader = compileFlatReader(type);
      this.flat.set(type, reader);
    }
    return reader?.(value) as T | undefined;
  }

  /** Nest would read "0x1" and "1e3" in a path as numbers: the pipes below say what a number is. */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

/** What class-validator found, one for each wrong field, as paths like `transactions[3].amount`. */
export function fieldErrors(errors: readonly ValidationError[]): readonly FieldError[] {
  const found: FieldError[] = [];
  collect(errors, '', found);
  return found;
}

function collect(errors: readonly ValidationError[], parent: string, found: FieldError[]): void {
  for (const { property, constraints = {}, children = [] } of errors) {
    if (found.length >= FIELD_ERRORS_MAX) return;
    const field = pathTo(parent, property);
    const [first] = Object.entries(constraints);
    if (first !== undefined) found.push({ field, message: messageOf(property, ...first) });
    collect(children, field, found);
  }
}

function pathTo(parent: string, property: string): string {
  if (parent === '') return property;
  return /^[0-9]+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}

/** The sentence without the field's name in front, which the problem gives beside it. */
function messageOf(property: string, rule: string, message: string): string {
  if (rule === 'whitelistValidation') return 'is not a field of this request';
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

/** A rule with one sentence, which goes on from the field's name: "must be …". */
export function Rule(
  name: string,
  test: (value: unknown) => boolean,
  expected: string | ((value: unknown) => string),
): PropertyDecorator {
  const sentence = (value: unknown): string => (typeof expected === 'string' ? expected : expected(value));
  return ValidateBy({
    name,
    validator: { validate: test, defaultMessage: (args) => sentence(args?.value) },
  });
}

/** A field that may be missing; null isn't missing, and class-validator's IsOptional would let it pass. */
export const MayBeMissing = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** A sender or a recipient (protocol, section 3). */
export const IsName = (): PropertyDecorator => Rule('isName', isName, NAME_EXPECTED);
/** A client's idempotency key (protocol, section 3). */
export const IsNonce = (): PropertyDecorator => Rule('isNonce', isNonce, NONCE_EXPECTED);
/** A transfer's memo (protocol, section 3). */
export const IsMemo = (): PropertyDecorator => Rule('isMemo', isMemo, MEMO_EXPECTED);

/** Lower-case hex digits, so many of them. */
export function IsHex(digits: number): PropertyDecorator {
  const form = new RegExp(`^[0-9a-f]{${digits}}$`);
  const test = (value: unknown): boolean => typeof value === 'string' && form.test(value);
  return Rule('isHex', test, `must be ${digits} lower-case hex digits`);
}

/** A time as a whole number. */
export const IsTime = (): PropertyDecorator => Rule('isTime', isCount, TIME_EXPECTED);

/** Keeps a field as the body parser made it: class-transformer would copy it, and lose what it can't see. */
export const Verbatim = (): PropertyDecorator => Transform(verbatim, { toClassOnly: true });

/** A whole number in a query, between the two, both included. */
export function IsWholeParam(min: number, max: number): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'number' && value >= min && value <= max;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return applyDecorators(
    Transform(({ value }) => wholeNumber(value) ?? (value as unknown), { toClassOnly: true }),
    Rule('isWholeParam', test, `must be a whole number ${range}`),
  );
}

/** The number in a text of digits alone: not "1e3", not "0x10", not "". */
function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(?:0|[1-9][0-9]{0,15})$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** An entry's id in a path. */
@Injectable()
export class IdPipe implements PipeTransform<string, Hash> {
  transform(value: string): Hash {
    const id = parseHash(value);
    if (id === undefined) {
      throw new InvalidInput([{ field: 'id', message: 'must be 64 lower-case hex digits' }]);
    }
    return id;
  }
}

/** A block's index in a path; zero is a number too, of a block that isn't there. */
@Injectable()
export class IndexPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    const index = wholeNumber(value);
    if (index === undefined) {
      throw new InvalidInput([{ field: 'index', message: 'must be a whole number' }]);
    }
    return index;
  }
}

/** A wallet's address in a path. */
@Injectable()
export class AddressPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isName(value)) throw new InvalidInput([{ field: 'address', message: NAME_EXPECTED }]);
    return value;
  }
}
