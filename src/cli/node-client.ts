/** Asks a node over HTTP, and believes nothing: what it sends is bounded in size, and its silence in time. */
import { LineSplitter } from '../follower/lines.js';
import { Interrupted, Trouble } from './io.js';

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

/** A line of an answer; `cut` when the answer ended in it. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

/** The node can't be reached, or not for long enough. Says nothing of what it holds. */
export class NodeUnreachable extends Trouble {}

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

  /** The lines of an answer of status 200; one that is longer than allowed comes as `undefined`, the last. */
  async *lines(path: string, lineBytesMax: number): AsyncGenerator<Line | undefined, void, void> {
    const splitter = new LineSplitter(lineBytesMax);
    const check = (status: number): void => {
      if (status !== 200) throw this.unreachable(path, `answers with status ${status}`);
    };
    for await (const piece of this.pieces(path, 'application/x-ndjson', check)) {
      for (const bytes of splitter.push(piece)) yield { bytes, cut: false };
      if (splitter.overflowed) return yield undefined;
    }
    const rest = splitter.rest();
    if (rest.length > 0) yield { bytes: rest, cut: true };
  }

  private async *pieces(
    path: string,
    accept: string,
    begin: (status: number) => void,
  ): AsyncGenerator<Uint8Array, void, void> {
    const { url, silenceMsMax, stop } = this.options;
    const silence = new AbortController();
    const wait = (): NodeJS.Timeout => setTimeout(() => silence.abort(), silenceMsMax);
    let timer = wait();
    try {
      const response = await fetch(url + path, {
        headers: { accept, ...(isLoopback(url) ? { 'accept-encoding': 'identity' } : {}) },
        signal: AbortSignal.any([silence.signal, stop]),
      });
      begin(response.status);
      for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        yield piece; // what is done with it is not the node's silence
        timer = wait();
      }
    } catch (error) {
      if (error instanceof Trouble) throw error;
      if (stop.aborted) throw new Interrupted();
      if (silence.signal.aborted) throw this.unreachable(path, `said nothing for ${silenceMsMax / 1000} s`);
      throw this.unreachable(path, reasonOf(error), error);
    } finally {
      clearTimeout(timer);
    }
  }

  private unreachable(path: string, reason: string, cause?: unknown): NodeUnreachable {
    return new NodeUnreachable(`${this.url}: GET ${path}: ${reason}`, { cause });
  }
}

/** On one machine, compressing costs more than the bytes it saves. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** fetch hides the reason in the cause of the cause. */
function reasonOf(error: unknown): string {
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  const code = 'code' in inner ? String(inner.code) : inner.name;
  return inner.message === '' ? code : inner.message;
}
