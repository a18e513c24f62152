/** Another node, which serves whatever chain a test provides. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const open = new Set<Server>();

/** @returns its `host:port` */
export async function startTestPeer(answer: string | RequestListener): Promise<string> {
  const listener: RequestListener =
    typeof answer === 'string'
      ? (_request, response) => response.setHeader('content-type', 'application/json').end(answer)
      : answer;
  const server = createServer(listener).listen(0, '127.0.0.1');
  open.add(server);
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** For afterEach. */
export function closeTestPeers(): void {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
  open.clear();
}
