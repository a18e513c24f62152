/**
 * The client for an upstream, a producer or another follower. It trusts nothing: every answer is bounded in time and
 * size.
 */
import type { HttpService } from '@nestjs/axios';
import type { Hash } from '../../chain/bytes/bytes.js';
import { contentOf, type InformationContent } from '../../chain/entry/entry.js';
import { fault } from '../../chain/faults.js';
import { blockTextMax, UNSIGNED_BLOCK_TEXT_MAX } from '../../chain/block/block-text-max.js';
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { cutList, parsePiece, type CutList } from '../../chain/bytes/json-list.js';
import { signedTextMax } from '../../chain/block/signed-text-max.js';
import { LIMIT_MAX } from '../../http/dto/page.dto.js';
import {
  ADVERTISEMENT_BYTES_MAX,
  parseAdvertisement,
  type Advertisement,
} from '../../ledger/advertisement.js';
import { NDJSON_TYPE } from '../../http/requests/request.js';
import type { Clock } from '../../ledger/clock.js';
import { LineSplitter } from '../../peer/lines.js';
import { BYTES_PER_SECOND_MIN } from '../../peer/patience.js';
import { PeerFailure, readAll, receive, type Beginning } from '../../peer/receive.js';
import { inTurns } from '../loop/in-turns.js';
import { isRefusal, refuse, type Refusal } from './refusal.js';
import type { Page, ServedChain, Upstream } from './upstream-port.js';

/**
 * The upstream is not there, not available now, or its answer was cut off. This proves nothing, and is worth a retry.
 */
export class UpstreamUnreachable extends Error {
  override readonly name = 'UpstreamUnreachable';
  /** the HTTP status, if the upstream answered with an error */
  readonly status: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options);
    this.status = options.status;
  }
}

/** Something answers there, but not like one of our nodes. It has signed nothing, so this is not a fault. */
export class NotANode extends UpstreamUnreachable {}

export interface UpstreamOptions {
  /** without a slash at the end */
  readonly url: string;
  /** how long one request may take without progress, in milliseconds (see {@link Patience}) */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** The path at which every node serves its role and its chains. */
const CHAINS_PATH = '/chains';

/** The limit for a page of pending transactions: a thousand, each of maximum length. */
const PENDING_BYTES_MAX = 8 * 1024 * 1024;
/** A record of 64 KiB as any JSON writes it, and what comes with it. */
const RECORD_BYTES_MAX = 1024 * 1024;
const PENDING_LIMITS = { elementsMax: LIMIT_MAX, elementMax: 65_536 };
/** After this long without a byte, a request is abandoned before its time limit. */
const SILENCE_MS_MAX = 10_000;

export class UpstreamClient implements Upstream {
  readonly url: string;

  constructor(
    private readonly http: HttpService,
    private readonly options: UpstreamOptions,
  ) {
    this.url = options.url;
  }

  /**
   * The upstream's role, chains, contracts and heads.
   * @throws UpstreamUnreachable
   */
  async advertisement(stop: AbortSignal): Promise<Advertisement | Refusal> {
    const text = await this.text(CHAINS_PATH, ADVERTISEMENT_BYTES_MAX, stop);
    if (isRefusal(text)) return text;
    const advertisement = parseAdvertisement(text);
    return 'fault' in advertisement ? refuse(advertisement, text) : advertisement;
  }

  /** See {@link Upstream.content}. @throws UpstreamUnreachable */
  async content(
    chain: ServedChain,
    record: { readonly id: Hash },
    stop: AbortSignal,
  ): Promise<InformationContent | undefined> {
    const path = `/chains/${chain.id}/information/${record.id}`;
    const text = await this.text(path, RECORD_BYTES_MAX, stop).catch((error: unknown) => {
      if (error instanceof UpstreamUnreachable && error.status === 404) return undefined;
      throw error;
    });
    const fields = text === undefined || isRefusal(text) ? undefined : asFields(jsonIn(text));
    if (fields === undefined) return undefined;
    return contentOf(fields.information, fields.salt);
  }

  /**
   * Fetches the transactions that a producer reports as pending for block `index`, from a sequence on, in order, in
   * their wire form. Each is parsed on demand, none is verified, and there may be more.
   * @param chain undefined: the upstream's first token chain
   * @throws UpstreamUnreachable, also if it has no such list
   */
  async pending(index: number, from: number, stop: AbortSignal, chain?: Hash): Promise<Iterable<Fields>> {
    const at = chain === undefined ? '' : `/chains/${chain}`;
    const path = `${at}/transactions/pending?cursor=${from}&limit=${LIMIT_MAX}`;
    const text = await this.text(path, PENDING_BYTES_MAX, stop);
    const list = isRefusal(text) ? undefined : await inTurns(cutList(text, 'transactions', PENDING_LIMITS));
    if (isRefusal(text) || list?.count === undefined) {
      throw new UpstreamUnreachable(`answers GET ${path} with something other than a list`);
    }
    return promisedIn(text, list, index);
  }

  /**
   * Yields the texts of the blocks from index `from` on, at most `limit`, as they arrive; a refusal is the last item.
   * It only checks that they are at most `limit` lines in UTF-8, none longer than a valid block, nor longer than
   * {@link UNSIGNED_BLOCK_TEXT_MAX} unless it begins with a header that the producer signed.
   * @throws UpstreamUnreachable
   */
  async *blocks(
    chain: ServedChain,
    { from, limit, sizeBefore }: Page,
    stop: AbortSignal,
  ): AsyncGenerator<string | Refusal, void, void> {
    const { contract } = chain;
    const splitter = new LineSplitter(
      Math.min(blockTextMax(contract), UNSIGNED_BLOCK_TEXT_MAX),
      (beginning) => signedTextMax(new TextDecoder().decode(beginning), contract, sizeBefore()),
    );
    let left = limit;
    const readLine = (line: Uint8Array): string | Refusal => {
      if (left-- === 0) {
        const expected = `at most ${limit} blocks`;
        return refuse(fault('MALFORMED', { field: 'answer', expected, found: 'more' }), line);
      }
      return decode(line) ?? refuse(notUtf8(), line);
    };

    try {
      for await (const piece of this.blockPieces(chain, `from=${from}&limit=${limit}`, stop)) {
        for (const line of splitter.push(piece)) {
          const received = readLine(line);
          yield received;
          if (isRefusal(received)) return;
        }
        // Not one byte may follow the last block: reading might never end.
        if (left === 0 && splitter.rest().length > 0) return yield readLine(splitter.rest());
        if (splitter.overflowed) {
          const expected = `at most ${splitter.allowed} bytes`;
          return yield refuse(fault('TOO_LARGE', { index: from + limit - left, expected }), splitter.rest());
        }
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return yield error.refusal;
    }
    if (splitter.rest().length > 0) yield readLine(splitter.rest());
  }

  /** Requests blocks by the chain's id; an upstream from before there were multiple chains only knows its name. */
  private async *blockPieces(
    { id, name }: ServedChain,
    query: string,
    stop: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      return yield* this.get(`/chains/${id}/blocks?${query}`, NDJSON_TYPE, stop);
    } catch (error) {
      if (!(error instanceof UpstreamUnreachable) || error.status !== 404) throw error;
    }
    yield* this.get(`/chains/${name}/blocks?${query}`, NDJSON_TYPE, stop);
  }

  /** Reads a 2xx answer's body as text. */
  private async text(path: string, bytesMax: number, stop: AbortSignal): Promise<string | Refusal> {
    const expected = `at most ${bytesMax} bytes`;
    const tooLong = (received: Uint8Array): Refused =>
      new Refused(refuse(fault('TOO_LARGE', { field: 'answer', expected }), received));
    try {
      const body = await readAll(this.get(path, 'application/json', stop), bytesMax, tooLong);
      return decode(body) ?? refuse(notUtf8(), body);
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  /**
   * Yields the pieces of a 2xx answer's body, decompressed.
   * @throws Refused if the compressed body is damaged
   * @throws UpstreamUnreachable
   */
  private async *get(
    path: string,
    accept: string,
    stop: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, void> {
    const { url, timeoutMs, clock } = this.options;
    const limits = {
      totalMs: timeoutMs,
      silenceMs: SILENCE_MS_MAX,
      bytesPerSecondMin: BYTES_PER_SECOND_MIN,
    };
    const begin = (answer: Beginning): void => checkBeginning(path, answer);
    try {
      yield* receive(this.http, { url, path, headers: { Accept: accept }, limits, stop, clock, begin });
    } catch (error) {
      if (!(error instanceof PeerFailure)) throw error;
      if (error.kind === 'damaged') {
        const detail = { field: 'answer', expected: 'gzip', found: error.message };
        throw new Refused(refuse(fault('MALFORMED', detail), ''), { cause: error });
      }
      const message = `GET ${path}: ${error.message}`;
      if (error.kind === 'not-http') throw new NotANode(message, { cause: error });
      throw new UpstreamUnreachable(message, { cause: error });
    }
  }
}

/** Carries a refusal out of a generator of bytes. */
class Refused extends Error {
  constructor(
    readonly refusal: Refusal,
    options?: ErrorOptions,
  ) {
    super(refusal.fault.message, options);
  }
}

/** @throws UpstreamUnreachable */
function checkBeginning(path: string, { status, header }: Beginning): void {
  if (status < 200 || status > 299) {
    const message = `answers GET ${path} with status ${status}`;
    throw path === CHAINS_PATH && !isBusy(status)
      ? new NotANode(message, { status })
      : new UpstreamUnreachable(message, { status });
  }
  // Without either, a truncated body looks complete.
  if (header('content-length') === undefined && header('transfer-encoding') === undefined) {
    throw new UpstreamUnreachable(`answers GET ${path} without Content-Length or Transfer-Encoding`);
  }
}

/** Yields the transactions of a page that are promised for this block. */
function* promisedIn(text: string, { pieces }: CutList, index: number): Generator<Fields, void, void> {
  for (const piece of pieces) {
    for (const transaction of parsePiece(text, piece) ?? []) {
      const { block, ...wire } = asFields(transaction) ?? {};
      if (block !== index) return;
      yield wire;
    }
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Parses JSON; undefined if the text is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notUtf8() {
  return fault('MALFORMED', { field: 'answer', expected: 'UTF-8', found: 'other bytes' });
}

/**
 * A node or a proxy in front of it may answer so temporarily; any other error status is not a node's answer to
 * `/chains`.
 */
function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}
