/** Asks this node, and turns what it refuses into an error that says why. */
import type { FieldError, Problem } from './types.js';

/** A problem of the node's (RFC 9457), or that it could not be reached: status 0. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message);
  }
}

/** The border: what comes from the node is taken for what the API says it is, and rendered as text alone. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask<T>(path, signal === undefined ? {} : { signal })).body;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export async function postJson<T>(path: string, text: string, token: string): Promise<Answer<T>> {
  return ask<T>(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(text === '' ? {} : { body: text }),
  });
}

/** The text as the node serves it now: what is checked must not come from the browser's cache. */
export async function getText(path: string): Promise<string> {
  const { text } = await send(path, { cache: 'no-store' });
  return text;
}

async function ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const { status, text } = await send(path, init);
  return { status, body: parsed(text) as T };
}

async function send(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, init);
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'UNREACHABLE', 'The node does not answer.');
  }
  if (!response.ok) throw problem(response.status, parsed(text));
  return { status: response.status, text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function problem(status: number, body: unknown): ApiError {
  const { code, detail, errors } = (
    typeof body === 'object' && body !== null ? body : {}
  ) as Partial<Problem>;
  return new ApiError(status, code ?? `HTTP_${status}`, detail ?? `The node answered ${status}.`, errors);
}
