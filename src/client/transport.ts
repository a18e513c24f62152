/** One request and its answer over fetch, bounded in size and in time. Nothing is retried here. */
import { asFields } from '../chain/bytes/fields.js';
import type { Clock } from '../ledger/clock.js';
import { Patience, Stopped } from './patience.js';

export type Fetch = typeof globalThis.fetch;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface GetOptions {
  readonly bytesMax?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LineLimit {
  readonly charactersMax: number;
  /** The length limit of a line with this beginning, for a longer line. */
  readonly longer: (beginning: string) => number;
}

/** There was no answer, or none that could be read. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(
    message: string,
    /** whether the request may have reached the node */
    readonly mayHaveArrived: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A line is longer than any valid one. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  constructor(readonly charactersMax: number) {
    super(`a line has more than ${charactersMax} characters`);
  }
}

/** An answer to a request for lines with a status other than 200. */
export class BadStatus extends Error {
  override readonly name = 'BadStatus';
  constructor(
    readonly path: string,
    readonly answer: Answer,
  ) {
    super(`${path} answers with status ${answer.status}`);
  }
}

/** A contract with 4096 allocations takes some hundred kilobytes. */
const ANSWER_BYTES_MAX = 4 * 1_048_576;
const BEGINNING_CHARACTERS = 4096;

export class Transport {
  constructor(
    /** without a slash at the end */
    readonly url: string,
    private readonly fetch: Fetch,
    private readonly apiToken: string | undefined,
    /** how long one attempt may take, or a stream of blocks may pause */
    private readonly timeoutMs: number,
    readonly clock: Clock,
  ) {}

  /** @throws NoAnswer, Stopped */
  get(path: string, { bytesMax = ANSWER_BYTES_MAX, signal }: GetOptions = {}): Promise<Answer> {
    return this.exchange(path, { headers: { accept: 'application/json' } }, bytesMax, signal);
  }

  /** @throws NoAnswer, Stopped: the request may have arrived even so */
  post(path: string, body: string, signal?: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/json',
    };
    if (this.apiToken !== undefined) headers.authorization = `Bearer ${this.apiToken}`;
    return this.exchange(path, { method: 'POST', headers, body }, ANSWER_BYTES_MAX, signal);
  }

  /**
   * The lines of an answer in NDJSON as they come.
   * @throws NoAnswer, also for a truncated answer, BadStatus, LineTooLong, Stopped
   */
  async *lines(
    path: string,
    { charactersMax, longer }: LineLimit,
    signal?: AbortSignal,
  ): AsyncGenerator<string, void, void> {
    const patience = new Patience(this.timeoutMs, signal, this.clock);
    try {
      const init = { headers: { accept: 'application/x-ndjson' } };
      const response = await this.begin(path, init, patience);
      if (response.status !== 200) {
        throw new BadStatus(path, await readAnswer(response, ANSWER_BYTES_MAX));
      }
      let rest = '';
      for await (const piece of texts(response)) {
        const end = piece.lastIndexOf('\n');
        // Only the new piece is searched for the end of a line: searching the whole line each time would be quadratic.
        if (end === -1) rest += piece;
        else {
          const lines = (rest + piece.slice(0, end)).split('\n');
          rest = piece.slice(end + 1);
          patience.pause();
          yield* lines;
        }
        patience.alive();
        if (rest.length <= charactersMax) continue;
        const allowed = Math.max(charactersMax, longer(rest.slice(0, BEGINNING_CHARACTERS)));
        if (rest.length > allowed) throw new LineTooLong(allowed);
      }
      if (rest !== '') throw new NoAnswer('the answer was cut off', true);
    } catch (error) {
      throw failure(error, patience, signal);
    } finally {
      patience.end();
    }
  }

  private async exchange(
    path: string,
    init: RequestInit,
    bytesMax: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const patience = new Patience(this.timeoutMs, signal, this.clock);
    try {
      return await readAnswer(await this.begin(path, init, patience), bytesMax);
    } catch (error) {
      throw failure(error, patience, signal);
    } finally {
      patience.end();
    }
  }

  /** Redirects aren't followed: a token, or a signed payment, goes only to the address that was named. */
  private begin(path: string, init: RequestInit, { signal }: Patience): Promise<Response> {
    return this.fetch(this.url + path, { ...init, redirect: 'manual', credentials: 'omit', signal });
  }
}

async function readAnswer(response: Response, bytesMax: number): Promise<Answer> {
  let text = '';
  for await (const piece of texts(response)) {
    text += piece;
    // A character takes at least one byte.
    if (text.length > bytesMax) throw new NoAnswer(`answers with more than ${bytesMax} bytes`, true);
  }
  return { status: response.status, headers: response.headers, text };
}

/** The body's text as it arrives; unread data is not fetched. */
async function* texts(response: Response): AsyncGenerator<string, void, void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let done = false;
  try {
    for (;;) {
      const read = await reader.read();
      done = read.done;
      if (read.done) {
        yield decoder.decode();
        return;
      }
      yield decoder.decode(read.value as Uint8Array, { stream: true });
    }
  } finally {
    // The rest of an abandoned answer is not awaited.
    if (!done) void reader.cancel().catch(() => undefined);
  }
}

function failure(error: unknown, patience: Patience, signal: AbortSignal | undefined): Error {
  if (error instanceof NoAnswer || error instanceof Stopped) return error;
  if (error instanceof BadStatus || error instanceof LineTooLong) return error;
  if (signal?.aborted === true) return new Stopped('stopped', { cause: error });
  if (patience.expired) return new NoAnswer(`no answer within ${patience.limitMs / 1000} s`, true);
  const { reason, code } = causeOf(error);
  return new NoAnswer(reason, !NEVER_SENT.has(code), { cause: error });
}

/** The codes of Node's fetch if there was no connection; a browser has none. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** fetch itself says "fetch failed"; its cause has the reason, but no message if several addresses were tried. */
function causeOf(error: unknown): { readonly reason: string; readonly code: string } {
  const cause = asFields(asFields(error)?.cause) ?? asFields(error) ?? {};
  const { message, code } = cause;
  const shownCode = typeof code === 'string' ? code : '';
  const reason = typeof message === 'string' && message !== '' ? message : shownCode;
  return { reason: reason === '' ? String(error) : reason, code: shownCode };
}
