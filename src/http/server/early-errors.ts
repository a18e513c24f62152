/** Answers requests that Node refuses before they reach Fastify, in the form of all other refusals. */
import { maxHeaderSize, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
import type { RateLimit } from './rate-limit.js';
import { answerTo, ofStatus, PROBLEM_TYPE, toProblem, type ProblemAnswer } from './problem.js';
import type { AnswerHeaders } from './answer-headers.js';
import type { EdgeCounts } from './edge-counts.js';

/** Node's error codes for bytes that are not a request. */
interface ClientError extends Error {
  readonly code?: string;
  /** the parser's message */
  readonly reason?: string;
  /** a Buffer, although Fastify's types declare another form */
  readonly rawPacket?: unknown;
}

/** The fields that Node's own handler checks so that it doesn't write into the middle of an answer. */
interface Connection extends Duplex {
  readonly remoteAddress?: string | undefined;
  readonly _httpMessage?: (ServerResponse & { readonly req: IncomingMessage }) | null;
}

/** The time in milliseconds for a client that is still sending to read the answer; then the connection is closed. */
const LINGER_MS = 1000;
/** The maximum characters of an unreadable target in a refusal. */
const INSTANCE_CHARACTERS_MAX = 200;
/** RFC 9112, section 3: the beginning of a request with any method. */
const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/\d\.\d\r?\n/;
const BEGINNING = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ (\S+)/;
const ORIGIN = /^origin:[ \t]*(\S+)/im;
/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = '\u0016';

export class EarlyErrors {
  private readonly answered = new WeakSet<Connection>();

  constructor(
    private readonly headers: AnswerHeaders,
    private readonly limit: RateLimit,
    private readonly counts: EdgeCounts,
  ) {}

  /** For the event `clientError`. */
  answer(error: ClientError, socket: Connection): void {
    // Nothing after the first error is a request either.
    if (this.answered.has(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    this.answered.add(socket);
    const packet = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : '';
    const answer = answerOf(error, packet);
    if (answer.status === 408) this.counts.dropped.slow_sender++;
    else this.counts.refused.protocol++;
    void this.limit.refusal(socket.remoteAddress).then((limited) => {
      this.send(socket, limited === undefined ? answer : answerTo(limited), packet);
    });
  }

  /** For the event `connect`: this is not a proxy. */
  refuseConnect(request: IncomingMessage, socket: Connection): void {
    this.counts.refused.protocol++;
    this.send(socket, ofStatus(501, 'this node is not a proxy: it does not support CONNECT'), '', request);
  }

  /** An incomplete body. */
  refuseSilence(socket: Connection): void {
    this.answered.add(socket);
    this.counts.dropped.slow_sender++;
    this.send(socket, TOO_SLOW, '');
  }

  private send(socket: Connection, answer: ProblemAnswer, packet: string, request?: IncomingMessage): void {
    const current = socket._httpMessage;
    if (socket.destroyed || current?.headersSent === true) {
      socket.destroy();
      return;
    }
    const known = request ?? current?.req;
    const target = known?.url ?? BEGINNING.exec(packet)?.[1] ?? '';
    const instance = target.replace(/\?.*$/s, '').slice(0, INSTANCE_CHARACTERS_MAX);
    const body = JSON.stringify(toProblem(answer, instance));
    const headers = {
      ...this.headers.withoutHooks(known?.headers.origin ?? ORIGIN.exec(packet)?.[1]),
      ...answer.headers,
      'content-type': PROBLEM_TYPE,
      'content-length': Buffer.byteLength(body),
      date: new Date().toUTCString(),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    const { status } = answer;
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
    // If a connection with unread data is closed at once, it is reset, and the answer may be lost.
    socket.once(
      'close',
      SYSTEM_CLOCK.after(LINGER_MS, () => socket.destroy()),
    );
  }
}

const TOO_SLOW = ofStatus(408, 'the request did not arrive in time');

function answerOf({ code, reason, message }: ClientError, packet: string): ProblemAnswer {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return isTargetTooLong(packet)
        ? ofStatus(414, 'the request target is longer than this node takes')
        : ofStatus(431, 'the headers are larger than this node takes');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return ofStatus(413, 'the chunk extensions are larger than this node takes');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return TOO_SLOW;
    case 'HPE_INVALID_VERSION':
    case 'HPE_PAUSED_H2_UPGRADE':
      return ofStatus(505, 'this node speaks HTTP/1.1');
    case 'HPE_INVALID_METHOD':
      if (REQUEST_LINE.test(packet)) return ofStatus(501, 'this node does not know the method');
      break;
    case undefined:
    default:
  }
  if (packet.startsWith(TLS_HANDSHAKE)) return ofStatus(400, 'this port speaks plain HTTP, not TLS');
  return ofStatus(400, `the request is not valid HTTP/1.1: ${reason ?? message}`);
}

function isTargetTooLong(packet: string): boolean {
  const end = packet.indexOf('\n');
  return BEGINNING.test(packet) && (end === -1 || end > maxHeaderSize);
}
