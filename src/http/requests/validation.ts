/** Validates requests: the pipe that reads DTOs, and their shared rules. */
import { applyDecorators, Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { ValidateBy, ValidateIf } from 'class-validator';
import { parseHash, type Hash } from '../../chain/bytes/bytes.js';
import {
  isMemo,
  isName,
  isNonce,
  MEMO_EXPECTED,
  NAME_EXPECTED,
  NONCE_EXPECTED,
  TIME_EXPECTED,
} from '../../chain/entry/entry-fields.js';
import { asFields, isCount } from '../../chain/bytes/fields.js';
import { METADATA_EXPECTED } from '../../chain/entry/metadata.js';
import { FieldErrors, InvalidInput } from '../../ledger/errors.js';
import { ReadAs, readDto, type DtoClass } from './dto-reader.js';

/** The types that Nest reports for a parameter without a DTO. */
const NO_DTO: readonly unknown[] = [String, Boolean, Number, Array, Object, Buffer, Date];

/**
 * Reads bodies and queries by their DTOs (see dto-reader.ts). Replaces Nest's ValidationPipe, which, with
 * class-transformer, takes quadratic time for an object with many fields, and drops fields such as `constructor`
 * instead of refusing them.
 */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  /** @throws InvalidInput that names every wrong field */
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || metatype === undefined || NO_DTO.includes(metatype)) return value;
    const wrong = new FieldErrors();
    const read = readDto(metatype as DtoClass<object>, value, wrong);
    wrong.throwIfAny();
    return read;
  }
}

/** A rule with one message, which continues after the field's name: "must be …". */
export function Rule(name: string, test: (value: unknown) => boolean, expected: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => expected } });
}

/** A field that may be missing. Null is not missing, but class-validator's IsOptional would accept it. */
export const MayBeMissing = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** A sender or a recipient (protocol, section 3). */
export const IsName = (): PropertyDecorator => Rule('isName', isName, NAME_EXPECTED);
/** A client's idempotency key (protocol, section 3). */
export const IsNonce = (): PropertyDecorator => Rule('isNonce', isNonce, NONCE_EXPECTED);
/** A transfer's memo (protocol, section 3). */
export const IsMemo = (): PropertyDecorator => Rule('isMemo', isMemo, MEMO_EXPECTED);

/** A transfer's metadata (protocol, section 3): its canonical form is checked where it is written. */
export const IsMetadata = (): PropertyDecorator =>
  Rule('isMetadata', (value) => asFields(value) !== undefined, METADATA_EXPECTED);

/** Any JSON value, null included. */
export const IsJson = (): PropertyDecorator =>
  Rule('isJson', (value) => value !== undefined, 'must be a JSON value');

/** This many lower-case hex digits. */
export function IsHex(digits: number): PropertyDecorator {
  const form = new RegExp(`^[0-9a-f]{${digits}}$`);
  const test = (value: unknown): boolean => typeof value === 'string' && form.test(value);
  return Rule('isHex', test, `must be ${digits} lower-case hex digits`);
}

/** A time, as a whole number. */
export const IsTime = (): PropertyDecorator => Rule('isTime', isCount, TIME_EXPECTED);

/** A whole number in a query, from min to max, both included. */
export function IsWholeParam(min: number, max: number): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'number' && value >= min && value <= max;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return applyDecorators(
    ReadAs((value) => wholeNumber(value) ?? value),
    Rule('isWholeParam', test, `must be a whole number ${range}`),
  );
}

/** The number in a text that has only digits: not "1e3", not "0x10", not "". */
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

/** A block's index in a path; zero is allowed, but no block has it. */
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
