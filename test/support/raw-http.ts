/** HTTP by the byte: what no client library would send, or how none would behave. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** by lower-case name */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An open connection; `text` is what came so far. */
export interface RawConnection {
  readonly socket: Socket;
  text(): string;
  /** Resolves when the other side ended it. */
  readonly closed: Promise<void>;
}

export function open(port: number, allowHalfOpen = false): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    const closed = new Promise<void>((done) => socket.on('close', () => done()));
    socket.on('connect', () =>
      resolve({ socket, text: () => Buffer.concat(chunks).toString('latin1'), closed }),
    );
  });
}

/** Sends the bytes, and reads until the other side ends the connection. */
export async function exchange(port: number, bytes: string): Promise<RawAnswer> {
  const connection = await open(port);
  connection.socket.write(Buffer.from(bytes, 'latin1'));
  await connection.closed;
  return parseAnswer(connection.text());
}

export function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (name in headers) throw new Error(`the header ${name} is there twice`);
    headers[name] = line.slice(colon + 1).trim();
  }
  return { status, headers, body: rest.join('\r\n\r\n') };
}
