/** Conversations with the original Python programs, as recorded. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePythonJson } from '../python-json/parse.js';
import { isPyArray, isPyObject, PyFloat, PyInt, type PyObject, type PyValue } from '../python-json/values.js';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly answer: string;
  readonly body?: string;
  readonly form?: Readonly<Record<string, string>>;
}

export interface Recorded {
  readonly conversation: readonly Exchange[];
  readonly wallet?: { readonly private_key: string; readonly public_key: string };
}

export function recorded(name: string): Recorded {
  const file = path.resolve('test/fixtures/teaching', `${name}-conversation.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
}

/** Keys and types: the common part of two nodes whose times, keys and proofs differ. */
export function shapeOf(value: PyValue): unknown {
  if (value instanceof PyInt) return 'int';
  if (value instanceof PyFloat) return 'float';
  if (isPyArray(value)) return value.map(shapeOf);
  if (!isPyObject(value)) return typeof value;
  return Object.fromEntries([...value].map(([key, item]) => [key, shapeOf(item)]).sort());
}

export function objectIn(text: string): PyObject {
  return parsePythonJson(text) as PyObject;
}

/** The text of the chain that an original served last. */
export function recordedChain(name: string): string {
  const last = recorded(name).conversation.at(-1);
  if (last?.path !== '/chain') throw new Error('a recording ends with its chain');
  return last.answer;
}
