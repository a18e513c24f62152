/**
 * Reads a request by its DTO. The rules are class-validator's decorators, compiled once for each class: class-validator
 * itself searches its metadata for each object, which takes much longer than the rules. The cost is that of
 * the rules plus one check per key, whatever a client sends; nested values are not inspected.
 */
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import { InvariantError, type FieldErrors } from '../../ledger/errors.js';

export type DtoClass<T extends object> = new () => T;

type Fields = Record<string, unknown>;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Conversion = (value: unknown) => unknown;

interface Rule {
  readonly holds: (object: Fields, value: unknown) => boolean;
  readonly message: (object: Fields, value: unknown) => string;
}

interface Field {
  readonly name: string;
  readonly convert: Conversion | undefined;
  /** its rules apply only if all of these conditions hold */
  readonly conditions: readonly Rule['holds'][];
  readonly rules: readonly Rule[];
}

interface Reader {
  readonly type: DtoClass<object>;
  readonly fields: readonly Field[];
  readonly names: ReadonlySet<string>;
}

/** Replaces a value in a body that its parser has already refused. */
export class RefusedValue {
  constructor(readonly wrong: FieldErrors) {}
}

const conversions = new WeakMap<object, Map<string, Conversion>>();
const readers = new Map<unknown, Reader>();

/** Converts a field before its rules are applied: a query has only texts. */
export function ReadAs(convert: Conversion): PropertyDecorator {
  return (prototype, name) => {
    const own = conversions.get(prototype) ?? new Map<string, Conversion>();
    conversions.set(prototype, own.set(String(name), convert));
  };
}

/**
 * @param given a JSON object or a query; undefined and null are treated as an empty one
 * @param wrong collects every field that is missing, wrong or unknown
 * @returns an instance of the DTO with the fields as received; valid only if nothing was added to `wrong`
 */
export function readDto<T extends object>(type: DtoClass<T>, given: unknown, wrong: FieldErrors): T {
  const { fields, names } = readerOf(type);
  const instance = new type();
  if (given === undefined || given === null) given = {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    wrong.add('', 'must be an object');
    return instance;
  }
  const from = given as Fields;
  const own = instance as Fields;
  let known = 0;
  for (const { name, convert } of fields) {
    if (!Object.hasOwn(from, name)) continue;
    known++;
    own[name] = convert === undefined ? from[name] : convert(from[name]);
  }
  for (const field of fields) {
    const value = own[field.name];
    if (value instanceof RefusedValue) {
      wrong.addAll(value.wrong);
      continue;
    }
    const message = firstBroken(field, own, value);
    if (message !== undefined) wrong.add(field.name, message);
  }
  const keys = Object.keys(from);
  if (keys.length !== known) {
    for (const key of keys) if (!names.has(key)) wrong.addUnknown(key);
  }
  return instance;
}

function firstBroken({ conditions, rules }: Field, object: Fields, value: unknown): string | undefined {
  for (const holds of conditions) if (!holds(object, value)) return undefined;
  for (const { holds, message } of rules) {
    if (!holds(object, value)) return value === undefined ? 'is missing' : message(object, value);
  }
  return undefined;
}

function readerOf(type: DtoClass<object>): Reader {
  let reader = readers.get(type);
  if (reader === undefined) readers.set(type, (reader = compile(type)));
  return reader;
}

/** @throws InvariantError for an unknown rule */
function compile(type: DtoClass<object>): Reader {
  const byName = new Map<string, Metadata[]>();
  for (const ancestor of ancestry(type)) {
    const metadata = getMetadataStorage().getTargetValidationMetadatas(ancestor, '', false, false);
    for (const { propertyName } of metadata) byName.set(propertyName, []);
  }
  for (const rule of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    byName.get(rule.propertyName)?.push(rule);
  }
  const fields = [...byName].map(([name, metadata]) => compileField(type, name, metadata));
  return { type, fields, names: new Set(byName.keys()) };
}

/** The class and its base classes, the topmost first: refusals name fields in the order of a request. */
function ancestry(type: DtoClass<object>): readonly DtoClass<object>[] {
  const parent = Object.getPrototypeOf(type) as DtoClass<object> | null;
  return parent === null || parent === Function.prototype ? [type] : [...ancestry(parent), type];
}

function compileField(type: DtoClass<object>, name: string, metadata: readonly Metadata[]): Field {
  const isCondition = (rule: Metadata): boolean => rule.type === ValidationTypes.CONDITIONAL_VALIDATION;
  for (const rule of metadata) assertKnown(rule);
  return {
    name,
    convert: ancestry(type)
      .map(({ prototype }) => conversions.get(prototype as object)?.get(name))
      .findLast((convert) => convert !== undefined),
    conditions: metadata.filter(isCondition).map(({ constraints }) => constraints[0] as Rule['holds']),
    rules: metadata.filter((rule) => !isCondition(rule)).flatMap((rule) => compileRule(type, rule)),
  };
}

/** Rules that are nested, asynchronous, applied to each item, or limited to groups are not supported. */
function assertKnown({
  type,
  propertyName,
  each,
  groups,
  always,
  validateIf,
  constraintCls,
}: Metadata): void {
  // If a decorator has other options, these are undefined, whatever their types say.
  const isPlain =
    [each, always, validateIf].every((option) => !option) && !(groups as unknown[] | undefined)?.length;
  const isKnown =
    type === ValidationTypes.CONDITIONAL_VALIDATION ||
    ([ValidationTypes.CUSTOM_VALIDATION, ValidationTypes.IS_DEFINED].includes(type) &&
      getMetadataStorage()
        .getTargetValidatorConstraints(constraintCls)
        .every(({ async }) => !async));
  if (!isPlain || !isKnown)
    throw new InvariantError(`a rule of ${propertyName} is of a kind that no request has`);
}

function compileRule(
  type: DtoClass<object>,
  { constraintCls, constraints, message, propertyName: property }: Metadata,
): readonly Rule[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ instance }) => {
      const known = { targetName: type.name, property, constraints: constraints as unknown[] };
      // Shared by all calls: creating them costs more than most rules, and no rule uses them after it returns.
      const args: ValidationArguments = { ...known, object: {}, value: undefined };
      const about = (object: Fields, value: unknown): ValidationArguments => {
        args.object = object;
        args.value = value;
        return args;
      };
      // Omitted by a decorator that relies on its constraint's own, whatever its type says.
      const given = message as typeof message | undefined;
      return {
        holds: (object, value) => instance.validate(value, about(object, value)) === true,
        message: (object, value) => {
          const at = about(object, value);
          const text = typeof given === 'function' ? given(at) : (given ?? instance.defaultMessage?.(at));
          return sentence(text ?? 'is wrong', constraints);
        },
      };
    });
}

/** A message of class-validator, without the leading field name, which a refusal gives separately. */
function sentence(message: string, constraints: readonly unknown[]): string {
  return message.replace(/^\$property /, '').replace('$constraint1', () => String(constraints[0]));
}
