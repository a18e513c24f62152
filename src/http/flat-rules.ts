/**
 * Compiles the rules of a flat DTO from its own decorators. class-transformer and class-validator go through their
 * metadata anew for each object, which costs much more than the rules themselves do. What is compiled here says only
 * "right": whatever it has doubts about is left to those two, and so is every error message.
 */
import { TransformationType, type ClassConstructor, type TransformFnParams } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';

/** @returns an instance of the class, as class-transformer would make it, or undefined where there is any doubt */
export type FlatReader<T> = (value: unknown) => T | undefined;

type Fields = Record<string, unknown>;
type Condition = (object: Fields, value: unknown) => boolean;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

interface FlatField {
  readonly name: string;
  /** whether it may be an object or an array: it is kept as it is */
  readonly isVerbatim: boolean;
  /** its rules count only where all of these hold */
  readonly conditions: readonly Condition[];
  readonly rules: readonly Condition[];
}

/** Keeps a field as it came: the one transformation that is known here. */
export const verbatim = ({ obj, key }: TransformFnParams): unknown => (obj as Fields)[key];

/** @returns undefined where the class has rules or transformations that aren't known here */
export function compileFlatReader<T extends object>(type: ClassConstructor<T>): FlatReader<T> | undefined {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const names = [...new Set(metadata.map(({ propertyName }) => propertyName))];
  if (names.length === 0 || !metadata.every(isKnownRule) || !isCopied(type)) return undefined;
  if (!names.every((name) => isCopied(type, name))) return undefined;
  const fields = names.map((name) =>
    compileField(
      type,
      name,
      metadata.filter(({ propertyName }) => propertyName === name),
    ),
  );
  return (value) => read(type, fields, value);
}

function read<T extends object>(
  type: ClassConstructor<T>,
  fields: readonly FlatField[],
  value: unknown,
): T | undefined {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return undefined;
  }
  const given = value as Fields;
  const instance = new type();
  const own = instance as Fields;
  let known = 0;
  for (const { name, isVerbatim } of fields) {
    if (!Object.hasOwn(given, name)) continue;
    known++;
    const content = given[name];
    // class-transformer copies what is in an object, and drops some of it.
    if (!isVerbatim && (typeof content === 'object' || content === undefined)) return undefined;
    own[name] = content;
  }
  // A field that nobody asked for is an error, or class-transformer's to drop.
  if (Object.keys(given).length !== known) return undefined;
  return fields.every((field) => isRight(field, own)) ? instance : undefined;
}

function isRight({ name, conditions, rules }: FlatField, object: Fields): boolean {
  const value = object[name];
  for (const holds of conditions) if (!holds(object, value)) return true;
  for (const holds of rules) if (!holds(object, value)) return false;
  return true;
}

const RULES: readonly string[] = [ValidationTypes.CUSTOM_VALIDATION, ValidationTypes.IS_DEFINED];

/** Not: what is nested, waited for, looked at item by item, or meant for some groups only. */
function isKnownRule({ type, each, groups, always, validateIf, constraintCls }: Metadata): boolean {
  // Where a decorator was given other options, these are undefined, whatever their types say.
  const isPlain =
    [each, always, validateIf].every((option) => !option) && !(groups as unknown[] | undefined)?.length;
  if (!isPlain) return false;
  if (type === ValidationTypes.CONDITIONAL_VALIDATION) return true;
  if (!RULES.includes(type)) return false;
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .every((constraint) => !constraint.async);
}

/** Whether class-transformer copies a class's field, or all of them, without a thought. */
function isCopied(type: ClassConstructor<object>, field?: string): boolean {
  const storage = defaultMetadataStorage;
  if (field === undefined) {
    const told = [...storage.getExposedMetadatas(type), ...storage.getExcludedMetadatas(type)];
    return storage.getStrategy(type) === 'none' && told.length === 0;
  }
  const transforms = storage.findTransformMetadatas(type, field, TransformationType.PLAIN_TO_CLASS);
  return (
    transforms.every(({ transformFn }) => transformFn === verbatim) &&
    (storage.findTypeMetadata(type, field) as unknown) === undefined &&
    !(field in type.prototype)
  );
}

function compileField(
  type: ClassConstructor<object>,
  name: string,
  metadata: readonly Metadata[],
): FlatField {
  const isCondition = (rule: Metadata): boolean => rule.type === ValidationTypes.CONDITIONAL_VALIDATION;
  return {
    name,
    isVerbatim:
      defaultMetadataStorage.findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS).length > 0,
    conditions: metadata.filter(isCondition).map(({ constraints }) => constraints[0] as Condition),
    rules: metadata.filter((rule) => !isCondition(rule)).flatMap((rule) => compileRule(type, rule)),
  };
}

function compileRule(
  type: ClassConstructor<object>,
  { constraintCls, constraints, propertyName: property }: Metadata,
): readonly Condition[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ instance }) => {
      const known = { targetName: type.name, property, constraints: constraints as unknown[] };
      // One for all calls: making them costs more than most rules, and a rule is done with them when it returns.
      const args: ValidationArguments = { ...known, object: {}, value: undefined };
      return (object, value) => {
        args.object = object;
        args.value = value;
        return instance.validate(value, args) === true;
      };
    });
}
