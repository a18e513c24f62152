/** Sends requests to a node over HTTP, and trusts nothing: answers are bounded in size, and silence in time. */
import { HttpService } from '@nestjs/axios';
import { LineSplitter } from './lines.js';
import type { Clock } from '../ledger/clock.js';
import { BYTES_PER_SECOND_MIN } from './patience.js';
import { PeerFailure, readAll, receive } from './receive.js';
import { Interrupted, OperatorError } from '../ledger/errors.js';
import { EventsTooLong, serverEvents, type ServerEvent } from './server-events.js';

export interface NodeClientOptions {
  /** without a slash at the end */
  readonly url: string;
  /** how long it may send nothing, in milliseconds */
  readonly silenceMsMax: number;
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** how requests are sent; by default as usual */
  readonly http?: HttpService | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  readonly text: string;
}

const EVENT_STREAM = 'text/event-stream';
const HTTP = new HttpService();

/** A line of an answer; `cut`: the answer ended within it. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

/** The node is unreachable, or the connection broke. This says nothing about its data. */
export class NodeUnreachable extends OperatorError {
  /** of the answer, if it was an error */
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

/** Something answers there, but not like a node. */
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
    let status = 0;
    const pieces = this.pieces(path, 'application/json', (code) => (status = code));
    const tooLong = (): Error => this.unreachable(path, `answers with more than ${bytesMax} bytes`);
    const body = await readAll(pieces, bytesMax, tooLong);
    return { status, text: Buffer.from(body).toString('utf8') };
  }

  /**
   * The lines of an answer of status 200; one that is too long is yielded as `undefined`, and is the last.
   * @param longer called once for a line that becomes longer, with its beginning; returns its own limit in bytes
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

  /** Server-sent events, until the node ends the stream. @param lastId of the last event that was received */
  async *events(path: string, lastId: string | undefined): AsyncGenerator<ServerEvent, void, void> {
    const check = (status: number): void => this.check(path, status);
    const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
    try {
      yield* serverEvents(this.pieces(path, EVENT_STREAM, check, headers));
    } catch (error) {
      throw error instanceof EventsTooLong ? this.unreachable(path, error.message) : error;
    }
    throw this.unreachable(path, 'the stream has ended');
  }

  private async *pieces(
    path: string,
    accept: string,
    begin: (status: number) => void,
    headers: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    const { url, silenceMsMax, stop, clock, http = HTTP } = this.options;
    // A node may have no events for a long time; all other answers are complete at once.
    const bytesPerSecondMin = accept === EVENT_STREAM ? 0 : BYTES_PER_SECOND_MIN;
    try {
      yield* receive(http, {
        url,
        path,
        headers: { ...headers, Accept: accept },
        limits: { totalMs: silenceMsMax, silenceMs: silenceMsMax, bytesPerSecondMin },
        stop,
        clock,
        begin: ({ status }) => begin(status),
      });
    } catch (error) {
      if (!(error instanceof PeerFailure)) throw error;
      throw this.problem(path, error);
    }
  }

  private problem(path: string, error: PeerFailure): Error {
    switch (error.kind) {
      case 'stopped':
        return new Interrupted();
      case 'not-http':
        return new NotANode(this.url, path, `answers with no HTTP: ${error.message}`);
      case 'late': {
        const silence = `said nothing for ${this.options.silenceMsMax / 1000} s`;
        return this.unreachable(path, error.isSlow ? error.message : silence, error);
      }
      default:
        return this.unreachable(path, error.message, error);
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
