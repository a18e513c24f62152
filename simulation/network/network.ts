/**
 * The network between simulated processes, on the level of HTTP requests and answers: each takes some time, and some are
 * lost, late, sent twice or cut off.
 */
import type { Process } from '../world/process.js';
import type { Random } from '../world/random.js';
import type { Timeline } from '../world/timeline.js';
import type { Trace } from '../world/trace.js';
import { Body } from './body.js';

export interface NetworkRequest {
  readonly method: string;
  readonly path: string;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /**
   * An answer that goes on after the body, which is its beginning.
   * @param send sends another piece
   * @returns a function that ends it
   */
  readonly stream?: (send: (text: string) => void, end: () => void) => () => void;
}

/** What answers at an address. */
export interface Host {
  readonly name: string;
  /** undefined: nothing listens there now */
  readonly process: Process | undefined;
  /** Never rejects. */
  answer(request: NetworkRequest): Promise<ServerAnswer>;
}

/** As the client gets it. */
export interface NetworkAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Probabilities for each request. */
export interface NetworkRates {
  readonly lost: number;
  readonly late: number;
  readonly twice: number;
  readonly cut: number;
}

export const CALM_NETWORK: NetworkRates = { lost: 0, late: 0, twice: 0, cut: 0 };

/** Usual times for one way, and those of messages that are late, in milliseconds. */
const LATENCY = [0.5, 30] as const;
const LATE = [1_000, 40_000] as const;

class NetworkError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class Network {
  rates: NetworkRates = CALM_NETWORK;
  /** pairs of names between which nothing gets through */
  readonly cuts = new Set<string>();
  /** bodies of requests that may still arrive, with how many of each */
  private readonly inFlight = new Map<string, number>();
  private readonly hosts = new Map<string, Host>();

  constructor(
    readonly timeline: Timeline,
    private readonly chance: Random,
    private readonly trace: Trace,
  ) {}

  add(url: string, host: Host): void {
    this.hosts.set(url, host);
  }

  /** @param url of the host, without a path */
  request(
    from: Process,
    url: string,
    request: NetworkRequest,
    signal: AbortSignal | undefined,
  ): Promise<NetworkAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this, from, resolve, reject);
      if (signal?.aborted === true) {
        exchange.fail('ERR_CANCELED', 'canceled');
        return;
      }
      signal?.addEventListener('abort', () => exchange.fail('ERR_CANCELED', 'canceled'), { once: true });
      this.send(exchange, url, request);
    });
  }

  /** Whether a request whose body contains `text` may still arrive. */
  isInFlight(text: string): boolean {
    for (const body of this.inFlight.keys()) if (body.includes(text)) return true;
    return false;
  }

  private travel(body: string | undefined, by: 1 | -1): void {
    if (body === undefined) return;
    const count = (this.inFlight.get(body) ?? 0) + by;
    if (count === 0) this.inFlight.delete(body);
    else this.inFlight.set(body, count);
  }

  private send(exchange: Exchange, url: string, request: NetworkRequest): void {
    const host = this.hosts.get(url);
    const name = host?.name ?? url;
    const { from } = exchange;
    if (this.isCut(from.name, name) || this.chance.chance(this.rates.lost)) {
      this.trace.line('network', `loses ${request.method} ${request.path} from ${from.name} to ${name}`);
      // Half of what is lost is noticed.
      if (this.chance.chance(0.5)) exchange.failLater('ECONNRESET', 'socket hang up');
      return;
    }
    const arrive = (to: Exchange | undefined): void => {
      const server = host?.process;
      this.travel(request.body, -1);
      if (host === undefined || server === undefined || server.isDead) {
        to?.failLater('ECONNREFUSED', `connect ECONNREFUSED ${name}`);
        return;
      }
      // An aborted request may have been read even so.
      this.timeline.schedule(0, () => void this.serve(host, server, request, to), server);
    };
    this.travel(request.body, 1);
    this.timeline.schedule(this.latencyMs(), () => arrive(exchange), undefined);
    if (request.method === 'POST' && this.chance.chance(this.rates.twice)) {
      this.trace.line('network', `sends ${request.method} ${request.path} twice to ${name}`);
      this.travel(request.body, 1);
      this.timeline.schedule(this.latencyMs(), () => arrive(undefined), undefined);
    }
  }

  private async serve(
    host: Host,
    server: Process,
    request: NetworkRequest,
    exchange: Exchange | undefined,
  ): Promise<void> {
    const stop = server.onEnd(() => exchange?.failLater('ECONNRESET', 'socket hang up'));
    const answer = await host.answer(request);
    if (server.isDead) return;
    if (answer.stream === undefined) stop();
    if (exchange === undefined || exchange.isOver) return;
    if (this.chance.chance(this.rates.lost)) {
      this.trace.line('network', `loses the answer of ${host.name} to ${exchange.from.name}`);
      if (this.chance.chance(0.5)) exchange.failLater('ECONNRESET', 'socket hang up');
      return;
    }
    const cutAt =
      answer.stream === undefined && this.chance.chance(this.rates.cut)
        ? this.chance.below(answer.body.length + 1)
        : undefined;
    if (cutAt !== undefined) {
      this.trace.line(
        'network',
        `cuts the answer of ${host.name} to ${exchange.from.name} at ${cutAt} bytes`,
      );
    }
    exchange.deliver(answer, cutAt);
  }

  isCut(a: string, b: string): boolean {
    return this.cuts.size > 0 && (this.cuts.has(`${a} ${b}`) || this.cuts.has(`${b} ${a}`));
  }

  latencyMs(): number {
    const [low, high] = this.chance.chance(this.rates.late) ? LATE : LATENCY;
    return this.chance.between(low, high);
  }
}

/** One request and its answer, on the client's side. */
class Exchange {
  isOver = false;
  private body: Body | undefined;
  private endStream: (() => void) | undefined;
  /** the pieces of a stream arrive in order */
  private lastArrival = 0;

  constructor(
    private readonly network: Network,
    readonly from: Process,
    private readonly resolve: (answer: NetworkAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  fail(code: string, message: string): void {
    if (this.isOver) return;
    this.close();
    const error = new NetworkError(code, message);
    if (this.body === undefined) this.reject(error);
    else this.body.finish(error);
  }

  failLater(code: string, message: string): void {
    this.atClient(() => this.fail(code, message));
  }

  /** @param cutAt the answer breaks off after so many bytes; undefined: it is complete */
  deliver(answer: ServerAnswer, cutAt: number | undefined): void {
    const { status, headers, stream } = answer;
    this.atClient(() => {
      if (this.isOver) return;
      this.body = new Body(() => this.close());
      this.resolve({ status, headers, body: this.body });
      const bytes = answer.body.subarray(0, cutAt);
      if (bytes.length > 0) this.body.push(bytes);
      if (cutAt !== undefined) this.failLater('ECONNRESET', 'aborted');
      else if (stream === undefined) this.body.finish();
    });
    if (stream === undefined) return;
    const stopWithClient = this.from.onEnd(() => this.close());
    const end = stream(
      (text) => this.atClient(() => this.isOver || this.body?.push(Buffer.from(text))),
      () => this.atClient(() => this.isOver || this.body?.finish()),
    );
    this.endStream = () => {
      stopWithClient();
      end();
    };
  }

  private close(): void {
    this.isOver = true;
    this.endStream?.();
    this.endStream = undefined;
  }

  private atClient(run: () => void): void {
    const { timeline } = this.network;
    const at = Math.max(this.lastArrival, timeline.now + this.network.latencyMs());
    this.lastArrival = at;
    timeline.schedule(at - timeline.now, run, this.from);
  }
}
