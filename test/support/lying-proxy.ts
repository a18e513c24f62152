/** A node that lies: a proxy in front of a real one that changes what it says on some routes. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is said in the place of a text; undefined where the node's own words go through. */
export type Lie = (path: string) => ((text: string) => string) | undefined;

export interface LyingProxy {
  readonly url: string;
  lie: Lie;
  close(): Promise<void>;
}

export async function startLyingProxy(target: string): Promise<LyingProxy> {
  const proxy: { lie: Lie } = { lie: () => undefined };
  const server = createServer((request, response) => {
    const change = proxy.lie(request.url ?? '/');
    // What is to be changed must come as it is.
    const headers = {
      ...request.headers,
      ...(change === undefined ? {} : { 'accept-encoding': 'identity' }),
    };
    delete headers['if-none-match'];
    const { method } = request;
    const onward = ask(new URL(request.url ?? '/', target), { method, headers }, (answer) => {
      if (change === undefined) passOn(answer, response);
      else void changed(answer, response, change);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function passOn(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(response);
}

async function changed(
  answer: IncomingMessage,
  response: ServerResponse,
  change: (text: string) => string,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  const headers = { ...answer.headers };
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  const text = Buffer.from(change(Buffer.concat(pieces).toString()));
  response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': text.length });
  response.end(text);
}
