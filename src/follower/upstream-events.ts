/** Listens to the upstream's live events, so that a new block is pulled at once. Nothing is believed but that it is time to look. */
import type { Readable } from 'node:stream';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';
import { backoffMs } from './backoff.js';
import { isAborted, type World } from './world.js';

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
/** More in so long is a flood: the connection ends, and polling goes on. */
const FLOOD_BYTES_MAX = 8 * 1024 * 1024;
const FLOOD_WINDOW_MS = 10_000;
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
      const told = `GET /events is answered with status ${answer.status} and type ${type}`;
      if (answer.status === 404 || (answer.status === 200 && !type.startsWith('text/event-stream'))) {
        throw new NoEvents(told);
      }
      if (answer.status !== 200) throw new Error(told);
      const ear = new Ear(this.world);
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        patience.wait(SILENCE_MS_MAX);
        heard.anything = true;
        if (ear.hearsBlock(piece)) this.options.onBlock();
      }
    } finally {
      patience.end();
      body?.destroy();
    }
  }
}

/** A gap means more blocks than were sent. */
const SIGNS = ['\nevent: block\n', '\nevent: gap\n'];
const SIGN_LENGTH_MAX = Math.max(...SIGNS.map(({ length }) => length));

/** Listens for blocks without looking at anything else: however many a piece tells of, they are pulled together. */
class Ear {
  private tail = '\n';
  private window = { since: 0, bytes: 0 };

  constructor(private readonly world: World) {}

  /** @throws Error when more is said than blocks could be */
  hearsBlock(piece: Uint8Array): boolean {
    const now = this.world.now();
    if (now - this.window.since > FLOOD_WINDOW_MS) this.window = { since: now, bytes: 0 };
    this.window.bytes += piece.length;
    if (this.window.bytes > FLOOD_BYTES_MAX) throw new Error('it says more than there can be to say');
    const text = this.tail + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
    this.tail = text.slice(-SIGN_LENGTH_MAX + 1);
    return SIGNS.some((sign) => text.includes(sign));
  }
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
