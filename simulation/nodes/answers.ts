/** The answers of simulated nodes, and errors as the real ones answer them. */
import { answerTo, PROBLEM_TYPE, toProblem } from '../../src/http/server/problem.js';
import type { ServerAnswer } from '../network/network.js';

const JSON_TYPE = 'application/json; charset=utf-8';

export function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

export function textAnswer(
  status: number,
  type: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): ServerAnswer {
  return {
    status,
    headers: { ...headers, 'content-type': type, 'content-length': String(body.length) },
    body,
  };
}

export function jsonAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ServerAnswer {
  return textAnswer(status, JSON_TYPE, Buffer.from(text), headers);
}

export function problemAnswer(error: unknown, path: string): ServerAnswer {
  const answer = answerTo(error);
  const problem = JSON.stringify(toProblem(answer, path));
  return textAnswer(answer.status, PROBLEM_TYPE, Buffer.from(problem), answer.headers);
}
