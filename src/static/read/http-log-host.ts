/** Static files on a web server. It trusts nothing: every answer is bounded in time and size. */
import type { HttpService } from '@nestjs/axios';
import type { Clock } from '../../ledger/clock.js';
import { BYTES_PER_SECOND_MIN } from '../../peer/patience.js';
import { readAll, receive, type Beginning } from '../../peer/receive.js';
import { FileTooLong, type LogHost } from './log-host.js';

export interface HttpLogHostOptions {
  /** without a slash at the end */
  readonly url: string;
  /** how long one request may take without progress, in milliseconds (see {@link Patience}) */
  readonly timeoutMs: number;
  readonly silenceMsMax: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** The host answers with neither the file nor "there is none", or in a way that a cut answer would look complete. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

class NotThere extends Error {}

const NOT_THERE: ReadonlySet<number> = new Set([404, 410]);

export class HttpLogHost implements LogHost {
  readonly name: string;

  constructor(
    private readonly http: HttpService,
    private readonly options: HttpLogHostOptions,
  ) {
    this.name = options.url;
  }

  /** @throws BadAnswer, PeerFailure, FileTooLong */
  async read(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
    const { url, timeoutMs, silenceMsMax, clock, stop } = this.options;
    let length: number | undefined;
    const begin = (answer: Beginning): void => {
      length = checkBeginning(path, answer);
      if (length !== undefined && length > bytesMax) throw new FileTooLong(path, bytesMax, new Uint8Array());
    };
    const pieces = receive(this.http, {
      url,
      path: `/${path}`,
      headers: { Accept: '*/*' },
      limits: { totalMs: timeoutMs, silenceMs: silenceMsMax, bytesPerSecondMin: BYTES_PER_SECOND_MIN },
      stop,
      clock,
      begin,
    });
    try {
      return await readAll(pieces, bytesMax, (received) => new FileTooLong(path, bytesMax, received));
    } catch (error) {
      if (error instanceof NotThere) return undefined;
      throw error;
    }
  }
}

/** @returns the length of the body, if the answer says it */
function checkBeginning(path: string, { status, header }: Beginning): number | undefined {
  if (NOT_THERE.has(status)) throw new NotThere();
  if (status !== 200) throw new BadAnswer(`answers GET /${path} with status ${status}`, status);
  const length = header('content-length');
  // Without either, a truncated body looks complete.
  if (length === undefined && header('transfer-encoding') === undefined) {
    throw new BadAnswer(`answers GET /${path} without Content-Length or Transfer-Encoding`, status);
  }
  return header('content-encoding') === undefined && length !== undefined ? Number(length) : undefined;
}
