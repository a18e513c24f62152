/** Listens to the upstream's live events, so that a new block is pulled at once. Nothing is believed but that it is time to look. */
import type { Readable } from 'node:stream';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';
import { LineSplitter } from '../ledger/lines.js';
import { backoffMs } from './backoff.js';
import type { World } from './world.js';

export interface UpstreamEventsOptions {
  /** without a slash at the end */
  readonly url: string;
  /** told of each block that the upstream has anew */
  readonly onBlock: () => void;
}

/** The upstream sends a comment every 15 s; without a byte for so long it is gone. */
const SILENCE_MS_MAX = 45_000;
/** For the answer to begin. */
const ANSWER_MS_MAX = 10_000;
/** A line of an event that we care for is short; a longer one ends the connection. */
const LINE_BYTES_MAX = 65_536;
/** After an answer that is no stream: an upstream of an older version. Polling goes on meanwhile. */
const RETRY_NO_EVENTS_MS = 60_000;

/** An upstream that ends every stream at once is not asked more often than this. */
const RETRY_MS_MIN = 500;

class NoEvents extends Error {}

export class UpstreamEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private readonly logger = new Logger('Follower');
  private listening: Promise<void> | undefined;

  constructor(
    private readonly http: HttpService,
    private readonly world: World,
    private readonly options: UpstreamEventsOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.listening = this.listen();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.listening;
  }

  /** Until the node stops. Every failure is answered by another try, later: polling never rests. */
  private async listen(): Promise<void> {
    const { signal } = this.stop;
    for (let failures = 0; !isAborted(signal);) {
      const heard = { anything: false };
      let waitMs: number;
      try {
        await this.hear(heard);
        throw new Error('the stream has ended');
      } catch (error) {
        if (isAborted(signal)) return;
        failures = heard.anything ? 0 : failures + 1;
        waitMs =
          error instanceof NoEvents
            ? RETRY_NO_EVENTS_MS
            : RETRY_MS_MIN + backoffMs(failures, this.world.random());
        this.logger.debug(`no live events of ${this.options.url}: ${String(error)}`);
      }
      await this.world.sleep(waitMs, signal);
    }
  }

  private async hear(heard: { anything: boolean }): Promise<void> {
    const patience = new Silence(this.stop.signal);
    let body: Readable | undefined;
    try {
      patience.wait(ANSWER_MS_MAX);
      const answer = await firstValueFrom(
        this.http.get<Readable>(`${this.options.url}/events?types=block`, {
          headers: { Accept: 'text/event-stream', 'Accept-Encoding': 'identity' },
          responseType: 'stream',
          decompress: false,
          maxRedirects: 0,
          proxy: false,
          validateStatus: null,
          signal: patience.signal,
        }),
      );
      body = answer.data;
      body.on('error', () => undefined);
      const type = String(answer.headers['content-type'] ?? '');
      if (answer.status !== 200 || !type.startsWith('text/event-stream')) {
        throw new NoEvents(`GET /events is answered with status ${answer.status}`);
      }
      const lines = new LineSplitter(LINE_BYTES_MAX);
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        patience.wait(SILENCE_MS_MAX);
        heard.anything = true;
        if (hasBlock(lines, piece)) this.options.onBlock();
        if (lines.overflowed) throw new Error('a line of an event is too long');
      }
    } finally {
      patience.end();
      body?.destroy();
    }
  }
}

/** However many blocks a piece tells of, they are pulled together. A gap means more than were sent. */
function hasBlock(lines: LineSplitter, piece: Uint8Array): boolean {
  let found = false;
  for (const line of lines.push(piece)) {
    const text = Buffer.from(line).toString('latin1');
    if (text === 'event: block' || text === 'event: gap') found = true;
  }
  return found;
}

/** Aborts when the node stops, or when nothing is heard for too long. */
class Silence {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly abort = (): void => this.controller.abort();

  constructor(private readonly stop: AbortSignal) {
    if (stop.aborted) this.abort();
    stop.addEventListener('abort', this.abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  wait(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.abort, ms);
  }

  end(): void {
    clearTimeout(this.timer);
    this.stop.removeEventListener('abort', this.abort);
  }
}

/** A call, since it changes while the caller waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
