/** GET requests: retried while that is useful, and read as checked JSON. */
import { asFields, isCount, type Fields } from '../chain/bytes/fields.js';
import { assertJsonSize } from '../chain/bytes/json-size.js';
import { JsonError, parseStrictJson } from '../chain/bytes/json.js';
import { UnavailableError, UnexpectedAnswerError } from './errors.js';
import { sleep } from './patience.js';
import { refusalOf } from './problem.js';
import { isBusy, waitMs, type RetryPolicy } from './retry-policy.js';
import { NoAnswer, type Answer, type GetOptions, type Transport } from './transport.js';

/** An information record may be nested 32 deep, inside an entry, a list and a block. */
const OUTER_DEPTH = 3;
/** The values in as many bytes as an answer may have: a record may be `[0,0,…`, and so may metadata. */
const ANSWER_VALUES_MAX = 2_000_000;

/**
 * The object in a node's answer.
 * @throws UnavailableError, RefusedError, UnexpectedAnswerError, Stopped
 */
export async function getJson(
  transport: Transport,
  policy: RetryPolicy,
  path: string,
  options: GetOptions = {},
): Promise<AnswerFields> {
  return new AnswerFields(path, parseObject(await getText(transport, policy, path, options), path));
}

/**
 * A node's answer of status 200.
 * @throws UnavailableError, RefusedError, Stopped
 */
export async function getText(
  transport: Transport,
  policy: RetryPolicy,
  path: string,
  options: GetOptions = {},
): Promise<string> {
  const answer = await patiently(transport, policy, path, options.signal, () => transport.get(path, options));
  if (answer.status !== 200) throw refusalOf(answer, path);
  return answer.text;
}

/**
 * The object in the answer to a POST that may be repeated, since the second one finds the first one's result.
 * @throws UnavailableError, RefusedError, UnexpectedAnswerError, Stopped
 */
export async function postJson(
  transport: Transport,
  policy: RetryPolicy,
  path: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<AnswerFields> {
  const answer = await patiently(transport, policy, path, signal, () => transport.post(path, body, signal));
  if (answer.status !== 200 && answer.status !== 201) throw refusalOf(answer, path);
  return new AnswerFields(path, parseObject(answer.text, path));
}

/** Retries while that is useful. */
async function patiently(
  transport: Transport,
  policy: RetryPolicy,
  path: string,
  signal: AbortSignal | undefined,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (let failures = 0; ; failures++) {
    let answer: Answer | undefined;
    try {
      answer = await ask();
      if (!isBusy(answer) || failures >= policy.retries) return answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (failures >= policy.retries) throw unavailable(transport.url, path, error);
    }
    await sleep(policy.clock, waitMs(policy, failures, answer), signal);
  }
}

export function unavailable(url: string, path: string, error: NoAnswer): UnavailableError {
  return new UnavailableError(`${url}: ${path}: ${error.message}`, { cause: error });
}

/** @throws UnexpectedAnswerError */
export function parseObject(text: string, path: string): Fields {
  let value: unknown;
  try {
    assertJsonSize(text, ANSWER_VALUES_MAX, OUTER_DEPTH);
    ({ value } = parseStrictJson(text, OUTER_DEPTH));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UnexpectedAnswerError(`${path} answers with what ${error.message}`);
  }
  const fields = asFields(value);
  if (fields === undefined) throw new UnexpectedAnswerError(`${path} answers with no JSON object`);
  return fields;
}

const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/** Reads the fields of an answer; each method throws UnexpectedAnswerError if the field has another form. */
export class AnswerFields {
  constructor(
    private readonly path: string,
    readonly fields: Fields,
  ) {}

  text(name: string): string {
    const value = this.fields[name];
    return typeof value === 'string' ? value : this.fail(name, 'a text');
  }

  optionalText(name: string): string | undefined {
    const value = this.fields[name];
    return value === undefined || value === null ? undefined : this.text(name);
  }

  /** a decimal string, possibly negative */
  amount(name: string): string {
    const value = this.text(name);
    return DECIMAL.test(value) ? value : this.fail(name, 'a decimal string');
  }

  /** a whole number from 0 */
  count(name: string): number {
    const value = this.fields[name];
    return isCount(value) ? value : this.fail(name, 'a whole number');
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.fields[name];
    return choices.find((choice) => choice === value) ?? this.fail(name, `one of ${choices.join(', ')}`);
  }

  object(name: string): AnswerFields {
    const value = asFields(this.fields[name]);
    return value === undefined ? this.fail(name, 'an object') : new AnswerFields(this.path, value);
  }

  objects(name: string): readonly AnswerFields[] {
    const value = this.fields[name];
    if (!Array.isArray(value)) return this.fail(name, 'a list');
    return value.map((item) => {
      const fields = asFields(item);
      return fields === undefined
        ? this.fail(name, 'a list of objects')
        : new AnswerFields(this.path, fields);
    });
  }

  texts(name: string): readonly string[] {
    const value = this.fields[name];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      return this.fail(name, 'a list of texts');
    }
    return value;
  }

  private fail(name: string, expected: string): never {
    throw new UnexpectedAnswerError(`${this.path} answers as no node does: ${name} must be ${expected}`);
  }
}
