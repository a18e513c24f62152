/** A node's errors, of four kinds; src/http/server/problem.ts maps them to HTTP in one table. */

import type { Violation } from '../chain/books/book.js';
import type { ErasureCode } from '../chain/entry/erasure-rules.js';

/** A wrong field of a request, and what was expected of it. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A malformed request. Nothing was changed. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  constructor(
    readonly errors: readonly FieldError[],
    /** how many more fields are wrong than `errors` names */
    readonly omitted = 0,
  ) {
    super(errors.map(({ field, message }) => (field === '' ? message : `${field} ${message}`)).join('; '));
  }
}

/** Maximum number of fields that a refusal names: a million wrong fields don't need a million sentences. */
export const FIELD_ERRORS_MAX = 100;

/** Collects the errors of one request. Memory is bounded: errors beyond the limit are only counted. */
export class FieldErrors {
  private readonly wrong: FieldError[] = [];
  private readonly unknown: FieldError[] = [];
  private total = 0;

  get isEmpty(): boolean {
    return this.total === 0;
  }

  /** Whether further errors are only counted. */
  get isFull(): boolean {
    return this.wrong.length >= FIELD_ERRORS_MAX;
  }

  /** Counts further errors without naming them. */
  omit(count = 1): void {
    this.total += count;
  }

  /** Whether the field, or a part of it, is already named: only the first rule that it breaks is reported. */
  has(field: string): boolean {
    return this.wrong.some(({ field: named }) => named === field || isInside(named, field));
  }

  /** Does nothing if the field is already named. */
  add(field: string, message: string): void {
    if (this.has(field)) return;
    this.total++;
    if (this.wrong.length < FIELD_ERRORS_MAX) this.wrong.push({ field, message });
  }

  /** Adds a field that this kind of request doesn't have. These are named after the wrong fields. */
  addUnknown(field: string): void {
    this.total++;
    if (this.unknown.length < FIELD_ERRORS_MAX) {
      this.unknown.push({ field, message: 'is not a field of this request' });
    }
  }

  addAll({ wrong, unknown, total }: FieldErrors): void {
    const before = this.total;
    for (const { field, message } of wrong) this.add(field, message);
    for (const { field } of unknown) this.addUnknown(field);
    this.total = before + total;
  }

  refusal(): InvalidInput {
    const errors = [...this.wrong, ...this.unknown].slice(0, FIELD_ERRORS_MAX);
    return new InvalidInput(errors, this.total - errors.length);
  }

  /** @throws InvalidInput if there are any errors */
  throwIfAny(): void {
    if (this.total > 0) throw this.refusal();
  }
}

/** Whether `inner` is a part of `field`, as `information.list[3]` is of `information`. */
function isInside(inner: string, field: string): boolean {
  return inner.startsWith(field) && (inner[field.length] === '.' || inner[field.length] === '[');
}

/** The codes of refusals of well-formed requests by a rule of the chain. */
export type RuleCode = Violation['code'] | ErasureCode | 'NONCE_REUSED' | 'BAD_SIGNATURE';

export class RuleViolation extends Error {
  override readonly name = 'RuleViolation';
  constructor(
    readonly code: RuleCode,
    /** the field of the request */
    readonly field: string,
    /** the message after the field's name */
    readonly expected: string,
  ) {
    super(`${field} ${expected}`);
  }
}

export type UnavailableCode =
  | 'QUEUE_FULL'
  | 'DISK_FULL'
  | 'CLOCK_IMPLAUSIBLE'
  | 'STORAGE_FAILED'
  | 'STOPPING'
  | 'NOT_SYNCED'
  | 'TOO_MANY_LISTENERS'
  | 'TOO_MANY_CONNECTIONS'
  | 'TOO_MANY_BODIES';

/** Operational: not possible now, but may be soon. Nothing was changed. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly code: UnavailableCode,
    message: string,
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The entry was accepted and waits for its block: the requested data exists only once it is sealed. */
export class NotSealed extends Error {
  override readonly name = 'NotSealed';
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/**
 * Fatal: the outcome of a commit is unknown, or what is stored is no longer what this process wrote. The process
 * must stop without another answer; the next start re-reads what is on disk.
 */
export class FatalError extends Error {
  override readonly name = 'FatalError';
}

/**
 * A row with the same sequence or the same nonce is already stored. Nothing was written.
 * Fatal, except for callers that did not check first.
 */
export class ConflictError extends FatalError {}

/** A problem that the operator has to fix: one line, no stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** The user interrupted the command. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** A bug of ours: an assumption of the code does not hold. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
