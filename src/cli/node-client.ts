/** Asks a node over HTTP, and believes nothing: what it sends is bounded in size, and its silence in time. */
import type { Readable } from 'node:stream';
import axios from 'axios';
import { asFields } from '../chain/fields.js';
import { LineSplitter } from '../ledger/lines.js';
import { realTimer } from '../http/real-timer.js';
import { BYTES_PER_SECOND_MIN, Patience } from '../ledger/patience.js';
import { Interrupted, Trouble } from './io.js';
import { ServerEventParser, type ServerEvent } from './server-events.js';

export interface NodeClientOptions {
  /** without a slash at the end */
  readonly url: string;
  /** how long it may say nothing, in milliseconds */
  readonly silenceMsMax: number;
  readonly stop: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  readonly text: string;
}

/** The longest is one of an information record: 64 KiB of canonical JSON, and its leaf. */
const EVENT_LINE_BYTES_MAX = 1_048_576;
const EVENT_STREAM = 'text/event-stream';
const TOO_LONG = 'sends an event that is too long';

/** A line of an answer; `cut` when the answer ended in it. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

/** The node can't be reached, or not for long enough. Says nothing of what it holds. */
export class NodeUnreachable extends Trouble {
  /** of the answer, where it was one that says no */
  readonly status: number | undefined;

  constructor(
    readonly url: string,
    path: string,
    readonly reason: string,
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super(`${url}: GET ${path}: ${reason}`, options);
    this.status = options?.status;
  }
}

/** Something answers there, but not as a node of ours does. */
export class NotANode extends NodeUnreachable {
  constructor(url: string, path: string, reason: string) {
    super(url, path, reason);
    this.message = `${url} is not a bpsc node: GET ${path}: ${reason}`;
  }
}

export class NodeClient {
  readonly url: string;

  constructor(private readonly options: NodeClientOptions) {
    this.url = options.url;
  }

  /** The text of an answer, whatever its status. */
  async text(path: string, bytesMax: number): Promise<JsonAnswer> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    let status = 0;
    for await (const piece of this.pieces(path, 'application/json', (code) => (status = code))) {
      length += piece.length;
      if (length > bytesMax) throw this.unreachable(path, `answers with more than ${bytesMax} bytes`);
      pieces.push(piece);
    }
    return { status, text: Buffer.concat(pieces).toString('utf8') };
  }

  /**
   * The lines of an answer of status 200; one that is longer than allowed comes as `undefined`, the last.
   * @param longer asked once of a line that becomes longer, with its beginning: how many bytes this one may have
   */
  async *lines(
    path: string,
    lineBytesMax: number,
    longer: (beginning: Uint8Array) => number,
  ): AsyncGenerator<Line | undefined, void, void> {
    const splitter = new LineSplitter(lineBytesMax, longer);
    for await (const piece of this.pieces(path, 'application/x-ndjson', (status) =>
      this.check(path, status),
    )) {
      for (const bytes of splitter.push(piece)) yield { bytes, cut: false };
      if (splitter.overflowed) return yield undefined;
    }
    const rest = splitter.rest();
    if (rest.length > 0) yield { bytes: rest, cut: true };
  }

  /** Server-sent events, without an end but the node's. @param lastId of the last event that was received */
  async *events(path: string, lastId: string | undefined): AsyncGenerator<ServerEvent, void, void> {
    const splitter = new LineSplitter(EVENT_LINE_BYTES_MAX);
    const parser = new ServerEventParser();
    const check = (status: number): void => this.check(path, status);
    const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
    for await (const piece of this.pieces(path, EVENT_STREAM, check, headers)) {
      for (const line of splitter.push(piece)) {
        const event = parser.take(new TextDecoder().decode(line));
        if (event !== undefined) yield event;
        if (parser.size > EVENT_LINE_BYTES_MAX) throw this.unreachable(path, TOO_LONG);
      }
      if (splitter.overflowed) throw this.unreachable(path, TOO_LONG);
    }
    throw this.unreachable(path, 'the stream has ended');
  }

  private async *pieces(
    path: string,
    accept: string,
    begin: (status: number) => void,
    headers: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    const { url, silenceMsMax, stop } = this.options;
    // Of events a node may have none to tell; of everything else it has all there is.
    const bytesPerSecondMin = accept === EVENT_STREAM ? 0 : BYTES_PER_SECOND_MIN;
    const patience = new Patience(
      { totalMs: silenceMsMax, silenceMs: silenceMsMax, bytesPerSecondMin },
      stop,
      realTimer,
    );
    let body: Readable | undefined;
    try {
      const answer = await patience.wait(
        axios.get<Readable>(url + path, {
          headers: { ...headers, Accept: accept, 'Accept-Encoding': isLoopback(url) ? 'identity' : 'gzip' },
          responseType: 'stream',
          maxRedirects: 0,
          proxy: false,
          validateStatus: null,
          signal: patience.signal,
        }),
      );
      body = answer.data;
      // An error may come while nobody waits for a piece; the next one that does is told.
      body.on('error', () => undefined);
      begin(answer.status);
      const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      for (;;) {
        const next = await patience.wait(pieces.next());
        if (next.done === true) return;
        patience.received(next.value.length);
        yield next.value;
      }
    } catch (error) {
      if (error instanceof Trouble) throw error;
      if (stop.aborted) throw new Interrupted();
      if (patience.expired === undefined) {
        const reason = reasonOf(error);
        // Another protocol than HTTP, or no TLS where it should be.
        const isOther = /^(HPE_|EPROTO$|ERR_SSL_)/.test(String(asFields(error)?.code));
        throw isOther
          ? new NotANode(url, path, `answers with no HTTP: ${reason}`)
          : this.unreachable(path, reason, error);
      }
      const silence = `said nothing for ${silenceMsMax / 1000} s`;
      throw this.unreachable(path, patience.isSlow ? patience.expired : silence, error);
    } finally {
      patience.end();
      body?.destroy();
    }
  }

  private check(path: string, status: number): void {
    if (status === 200) return;
    throw new NodeUnreachable(this.url, path, `answers with status ${status}`, { status });
  }

  private unreachable(path: string, reason: string, cause?: unknown): NodeUnreachable {
    return new NodeUnreachable(this.url, path, reason, { cause });
  }
}

/** On one machine, compressing costs more than the bytes it saves. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Node's own message is empty where several addresses were tried. */
function reasonOf(error: unknown): string {
  const { message, code } = asFields(error) ?? {};
  const texts = [message, code].filter((text) => typeof text === 'string');
  return texts.find((text) => text !== '') ?? String(error);
}
