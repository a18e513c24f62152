/** For tests: a web server over a folder, which can be made to misbehave at any request. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** Those that a browser insists on. */
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

export class FileServer {
  /** answers in the server's place; returns false to let it answer */
  misbehave: (file: string, response: ServerResponse) => boolean = () => false;
  /** changes what is sent */
  alter: (file: string, bytes: Buffer) => Buffer | string | undefined = (_file, bytes) => bytes;
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(folder: string): Promise<FileServer> {
    const server = createServer((request, response) => {
      const file = decodeURIComponent((request.url ?? '/').slice(1));
      files.requests.push(file);
      if (files.misbehave(file, response)) return;
      const place = path.join(folder, file);
      const bytes = existsSync(place) && statSync(place).isFile() ? readFileSync(place) : undefined;
      const sent = bytes && files.alter(file, bytes);
      if (sent === undefined) response.writeHead(404).end('not found');
      else {
        const type = TYPES[path.extname(file)];
        if (type !== undefined) response.setHeader('content-type', type);
        response.setHeader('content-length', Buffer.byteLength(sent)).end(sent);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const files = new FileServer(server, `http://127.0.0.1:${port}`);
    return files;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
