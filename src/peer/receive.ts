/** One request to another node, a GET or a POST of a text: its answer is not trusted, and the wait is bounded. */
import type { Readable } from 'node:stream';
import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';
import { asFields } from '../chain/bytes/fields.js';
import type { Clock } from '../ledger/clock.js';
import { Patience, type PatienceLimits } from './patience.js';

/** The beginning of an answer. */
export interface Beginning {
  readonly status: number;
  /** @param name in lower case. @returns undefined if there is no such header, or several */
  readonly header: (name: string) => string | undefined;
}

export interface PeerRequest {
  /** of the node, without a slash at the end */
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** the body; if there is one, the request is a POST */
  readonly post?: string;
  readonly limits: PatienceLimits;
  /** ends it at once */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** Checks the beginning of the answer; an error that it throws ends the request and is passed on. */
  readonly begin: (answer: Beginning) => void;
  /** how to connect */
  readonly connection?: Pick<AxiosRequestConfig, 'lookup' | 'httpAgent' | 'httpsAgent'>;
}

/**
 * Why there was no complete answer. `stopped`: our own stop. `late`: see
 * {@link PeerFailure.isSlow}. `not-http`: another protocol, or no TLS where it is expected. `damaged`: the body isn't
 * compressed as its headers say. `lost`: no connection, or a broken one.
 */
export type FailureKind = 'stopped' | 'late' | 'not-http' | 'damaged' | 'lost';

export class PeerFailure extends Error {
  override readonly name = 'PeerFailure';
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** `late`: whether some bytes came, but too few; otherwise none came for too long */
    readonly isSlow: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The pieces of an answer's body as they arrive, decompressed. Redirects and proxies are not followed: the request goes only to
 * the given node.
 * @throws PeerFailure
 */
export async function* receive(
  http: HttpService,
  { url, path, headers, post, limits, stop, clock, begin, connection }: PeerRequest,
): AsyncGenerator<Uint8Array, void, void> {
  const patience = new Patience(limits, stop, clock);
  let body: Readable | undefined;
  let isBegun = false;
  try {
    const answer = await patience.wait(
      firstValueFrom(
        http.request<Readable>({
          url: url + path,
          ...(post === undefined ? {} : { method: 'POST', data: post }),
          headers: { 'Accept-Encoding': encodingFor(url), ...headers },
          responseType: 'stream',
          maxRedirects: 0,
          proxy: false,
          validateStatus: null,
          signal: patience.signal,
          ...connection,
        }),
      ),
    );
    body = answer.data;
    // An error may occur while nobody waits for a piece; the next wait reports it.
    body.on('error', () => undefined);
    begin({ status: answer.status, header: (name) => headerIn(answer.headers, name) });
    isBegun = true;
    const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    for (;;) {
      const next = await patience.wait(pieces.next());
      if (next.done === true) return;
      patience.received(next.value.length);
      yield next.value;
    }
  } catch (error) {
    if (body !== undefined && !isBegun) throw error;
    throw failure(error, patience, stop);
  } finally {
    patience.end();
    body?.destroy();
  }
}

/** @throws PeerFailure, or the error of `tooLong` if there are more than `bytesMax` bytes */
export async function readAll(
  pieces: AsyncIterable<Uint8Array>,
  bytesMax: number,
  tooLong: (received: Uint8Array) => Error,
): Promise<Uint8Array> {
  const received: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    received.push(piece);
    length += piece.length;
    if (length > bytesMax) throw tooLong(Buffer.concat(received));
  }
  return Buffer.concat(received);
}

/** On one machine, compressing costs more than the bytes it saves. */
export function encodingFor(url: string): 'identity' | 'gzip' {
  const { hostname } = new URL(url);
  const isLoopback =
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return isLoopback ? 'identity' : 'gzip';
}

function headerIn(headers: object, name: string): string | undefined {
  const value: unknown = Reflect.get(headers, name);
  return typeof value === 'string' ? value : undefined;
}

function failure(error: unknown, patience: Patience, stop: AbortSignal): PeerFailure {
  const { message, code } = asFields(error) ?? {};
  // Node's own message is empty if several addresses were tried.
  const texts = [message, code].filter((text) => typeof text === 'string');
  const reason = texts.find((text) => text !== '') ?? String(error);
  const make = (kind: FailureKind, text = reason): PeerFailure =>
    new PeerFailure(kind, text, patience.isSlow, { cause: error });
  if (patience.expired !== undefined) return make('late', patience.expired);
  if (stop.aborted) return make('stopped');
  if (code === 'Z_DATA_ERROR') return make('damaged', String(error));
  return make(/^(HPE_|EPROTO$|ERR_SSL_)/.test(String(code)) ? 'not-http' : 'lost');
}
