/** Reads a node's problems (RFC 9457). */
import { asFields } from '../chain/bytes/fields.js';
import { RefusedError, type FieldError } from './errors.js';
import type { Answer } from './transport.js';

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** The problem in an answer; undefined if something else answered in the node's place. */
export function problemIn({ headers, text }: Answer): Problem | undefined {
  if (headers.get('content-type')?.startsWith('application/problem+json') !== true) return undefined;
  let fields;
  try {
    fields = asFields(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { code, detail, errors } = fields ?? {};
  if (typeof code !== 'string' || typeof detail !== 'string') return undefined;
  return { code, detail, errors: Array.isArray(errors) ? errors.flatMap(fieldError) : [] };
}

/** The problem with an answer that isn't the expected one. */
export function refusalOf(answer: Answer, path: string, nonce?: string): RefusedError {
  const problem = problemIn(answer);
  if (problem !== undefined) {
    return new RefusedError(answer.status, problem.code, problem.detail, problem.errors, nonce);
  }
  return new RefusedError(answer.status, `HTTP_${answer.status}`, `${path} ${statusText(answer)}`, [], nonce);
}

/** A browser hides a redirect's target, and reports the status 0. */
export function statusText({ status }: Answer): string {
  const redirects = status === 0 || (status >= 300 && status < 400);
  return redirects ? 'redirects, which is not followed' : `answers with status ${status}`;
}

function fieldError(value: unknown): readonly FieldError[] {
  const { field, message } = asFields(value) ?? {};
  return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : [];
}
