/**
 * Listens to the upstream's live events, so that a new block is pulled at once. An event only triggers a poll; its
 * content is not trusted.
 */
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { HttpService } from '@nestjs/axios';
import { backoffMs } from '../../peer/backoff.js';
import { receive, type Beginning } from '../../peer/receive.js';
import { serverEvents } from '../../peer/server-events.js';
import { isAborted, sleep, type Clock } from '../../ledger/clock.js';

export interface UpstreamEventsOptions {
  /** without a slash at the end */
  readonly url: string;
  /** called for each new block of the upstream, and for each checkpoint of it that became witnessed there */
  readonly onNews: () => void;
  /** called with true once events arrive, and with false when they end */
  readonly onLive: (isLive: boolean) => void;
}

/** The upstream sends a comment every 15 s; after this long without a byte it is gone. */
const SILENCE_MS_MAX = 45_000;
/** More bytes than this within the window are a flood: the connection is closed, and polling continues. */
const FLOOD_BYTES_MAX = 8 * 1024 * 1024;
const FLOOD_WINDOW_MS = 10_000;
/** After an answer that is not a stream, from an upstream of an older version. Polling continues meanwhile. */
const RETRY_NO_EVENTS_MS = 60_000;

/** The minimum pause between requests, for an upstream that ends every stream at once. */
const RETRY_MS_MIN = 500;

class NoEvents extends Error {}

export class UpstreamEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private readonly logger = new Logger('Follower');
  private listening: Promise<void> | undefined;
  /** An upstream of an older version does not know `witnessed`. */
  private types = 'block,witnessed';

  constructor(
    private readonly http: HttpService,
    private readonly clock: Clock,
    private readonly options: UpstreamEventsOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.listening = this.listen();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.listening;
  }

  /** Listens until the node stops. Every failure leads to a later retry; polling continues meanwhile. */
  private async listen(): Promise<void> {
    const { signal } = this.stop;
    for (let failures = 0; !isAborted(signal);) {
      const received = { anything: false };
      let waitMs: number;
      try {
        await this.consume(received);
        throw new Error('the stream has ended');
      } catch (error) {
        if (isAborted(signal)) return;
        this.options.onLive(false);
        failures = received.anything ? 0 : failures + 1;
        waitMs =
          error instanceof NoEvents
            ? RETRY_NO_EVENTS_MS
            : RETRY_MS_MIN + backoffMs(failures, this.clock.random());
        this.logger.debug(`no live events of ${this.options.url}: ${String(error)}`);
      }
      await sleep(this.clock, waitMs, `events:${this.options.url}`, signal);
    }
  }

  private async consume(received: { anything: boolean }): Promise<void> {
    const pieces = receive(this.http, {
      url: this.options.url,
      path: `/events?types=${this.types}`,
      headers: { Accept: 'text/event-stream', 'Accept-Encoding': 'identity' },
      limits: { totalMs: SILENCE_MS_MAX, silenceMs: SILENCE_MS_MAX, bytesPerSecondMin: 0 },
      stop: this.stop.signal,
      clock: this.clock,
      begin: (answer) => {
        if (answer.status === 400) this.types = 'block';
        checkBeginning(answer);
      },
    });
    for await (const { type } of serverEvents(withoutFlood(pieces, this.clock, received))) {
      this.options.onLive(true);
      // A gap means that more blocks were sealed than were sent.
      if (type === 'block' || type === 'gap' || type === 'witnessed') this.options.onNews();
    }
  }
}

/** @throws NoEvents, Error */
function checkBeginning({ status, header }: Beginning): void {
  const type = header('content-type') ?? '';
  const message = `answers GET /events with status ${status} and type ${type}`;
  if (status === 404 || (status === 200 && !type.startsWith('text/event-stream')))
    throw new NoEvents(message);
  if (status !== 200) throw new Error(message);
}

/** @throws Error if more bytes arrive than block events could account for */
async function* withoutFlood(
  pieces: AsyncIterable<Uint8Array>,
  clock: Clock,
  received: { anything: boolean },
): AsyncGenerator<Uint8Array, void, void> {
  let window = { since: clock.elapsed(), bytes: 0 };
  for await (const piece of pieces) {
    received.anything = true;
    const now = clock.elapsed();
    if (now - window.since > FLOOD_WINDOW_MS) window = { since: now, bytes: 0 };
    window.bytes += piece.length;
    if (window.bytes > FLOOD_BYTES_MAX) throw new Error('it sends more events than there could be blocks');
    yield piece;
  }
}
