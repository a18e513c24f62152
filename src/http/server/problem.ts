/** Errors as RFC 9457 problems: one table maps errors to answers. */
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import {
  InvalidInput,
  NotFound,
  NotSealed,
  RuleViolation,
  Unavailable,
  type FieldError,
} from '../../ledger/errors.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457, section 3.1, with `code` for programs and `errors` for the fields of a request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly FieldError[];
  /** how many more fields are wrong than `errors` names; absent if it names all of them */
  readonly errors_omitted?: number;
}

/** The answer to an error, without the path of the request. */
export interface ProblemAnswer {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly omitted?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body that is not JSON as the protocol requires; `errors` point into it by JSON Pointer. */
export class MalformedJson extends Error {
  override readonly name = 'MalformedJson';
  constructor(readonly errors: readonly FieldError[]) {
    super(describe(errors));
  }
}

/** A request from a page, under a name or with a token that may not change this; `code` says why. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
  constructor(
    readonly code:
      | 'HOST_NOT_ALLOWED'
      | 'CROSS_ORIGIN'
      | 'TOKEN_NEEDED'
      | 'SCOPE_MISSING'
      | 'CHAIN_NOT_ALLOWED'
      | 'AUDIT_CHAIN',
    message: string,
  ) {
    super(message);
  }
}

/** The request conflicts with existing data. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  constructor(
    readonly code: 'CHAIN_EXISTS' | 'TOO_MANY_CHAINS',
    message: string,
  ) {
    super(message);
  }
}

/** An existing path, but not with this method. */
export class MethodNotAllowed extends Error {
  override readonly name = 'MethodNotAllowed';
  /** in the form of the header Allow */
  readonly allow: string;
  constructor(method: string, path: string, allowed: readonly string[]) {
    const allow = allowed.join(', ');
    super(`${path} takes ${allow}, not ${method}`);
    this.allow = allow;
  }
}

/** A client that exceeds the rate limit. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

interface Row {
  readonly fits: (error: unknown) => boolean;
  readonly answer: (error: never) => ProblemAnswer;
}

function row<E>(type: abstract new (...args: never[]) => E, answer: (error: E) => ProblemAnswer): Row {
  return { fits: (error) => error instanceof type, answer };
}

/** The first matching row decides. An error that matches none is our bug, and is only logged. */
const TABLE: readonly Row[] = [
  row(MalformedJson, ({ errors }) => ({
    status: 400,
    code: 'MALFORMED_JSON',
    detail: `the body is refused: ${describe(errors)}`,
    errors: errors.map(shortened),
  })),
  row(InvalidInput, ({ errors, omitted }) => ({
    status: 400,
    code: 'INVALID_INPUT',
    detail: describe(errors, omitted),
    errors: errors.map(shortened),
    omitted,
  })),
  row(Forbidden, ({ code, message }) => ({ status: 403, code, detail: message })),
  row(Conflict, ({ code, message }) => ({ status: 409, code, detail: message })),
  row(NotSealed, ({ message, retryAfterSeconds }) => ({
    status: 409,
    code: 'NOT_SEALED',
    detail: message,
    headers: { 'retry-after': String(retryAfterSeconds) },
  })),
  row(NotFound, ({ message }) => ({ status: 404, code: 'NOT_FOUND', detail: message })),
  row(MethodNotAllowed, ({ message, allow }) => ({ ...ofStatus(405, message), headers: { allow } })),
  row(RateLimited, ({ message, retryAfterSeconds }) => ({
    ...ofStatus(429, message),
    headers: { 'retry-after': String(retryAfterSeconds) },
  })),
  row(RuleViolation, ({ code, field, expected, message }) => ({
    status: 422,
    code,
    detail: message,
    errors: [{ field, message: expected }],
  })),
  row(Unavailable, ({ code, message, retryAfterSeconds }) => ({
    status: 503,
    code,
    detail: message,
    headers: { 'retry-after': String(retryAfterSeconds) },
  })),
  row(HttpException, (error) => ofStatus(error.getStatus(), error.message)),
  { fits: isRequestError, answer: (error: RequestError) => ofStatus(error.statusCode, error.message) },
];

const INTERNAL: ProblemAnswer = {
  status: 500,
  code: 'INTERNAL',
  detail: 'something went wrong in this node; its log says what',
};

export function answerTo(error: unknown): ProblemAnswer {
  const match = TABLE.find(({ fits }) => fits(error));
  return match === undefined ? INTERNAL : match.answer(error as never);
}

export function toProblem(answer: ProblemAnswer, instance: string): Problem {
  const { status, code, detail, errors, omitted = 0 } = answer;
  const title = STATUS_CODES[status] ?? 'Error';
  const problem = { type: 'about:blank', title, status, detail, instance, code };
  if (errors === undefined) return problem;
  return omitted === 0 ? { ...problem, errors } : { ...problem, errors, errors_omitted: omitted };
}

/** Codes for statuses that Nest and Fastify answer by themselves; others are derived from their title. */
const STATUS_CODE_NAMES: Readonly<Record<number, string>> = {
  413: 'BODY_TOO_LARGE',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
};

/** An answer without an error class of ours. */
export function ofStatus(status: number, detail: string): ProblemAnswer {
  const title = STATUS_CODES[status] ?? `HTTP_${status}`;
  const code = STATUS_CODE_NAMES[status] ?? title.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return { status, code, detail };
}

interface RequestError extends Error {
  readonly statusCode: number;
}

/** Errors that Fastify throws about a request, including a client that hung up while it sent one. */
function isRequestError(error: unknown): error is RequestError {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}

/** The maximum number of fields in a problem's detail; `errors` has up to a hundred. */
const DESCRIBED_MAX = 3;

/** @param omitted how many more there are than `errors` has */
export function describe(errors: readonly FieldError[], omitted = 0, max = DESCRIBED_MAX): string {
  const named = errors
    .slice(0, max)
    .map(shortened)
    .map(({ field, message }) => (field === '' ? message : `${field} ${message}`));
  const more = errors.length - named.length + omitted;
  return more > 0 ? `${named.join('; ')}; and ${more} more` : named.join('; ');
}

/** The maximum length of a field's path: a client's key may have a megabyte. */
const FIELD_MAX = 160;
const MESSAGE_MAX = 500;

function shortened({ field, message }: FieldError): FieldError {
  return { field: cut(field, FIELD_MAX), message: cut(message, MESSAGE_MAX) };
}

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max).toWellFormed()}…` : text;
}
