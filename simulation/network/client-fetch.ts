/** The network as clients see it: in place of the fetch with which src/client sends its requests. */
import type { Fetch } from '../../src/client/transport.js';
import type { Process } from '../world/process.js';
import type { Body } from './body.js';
import type { Network } from './network.js';
import { lowerCase } from './peer-service.js';

export function clientFetch(network: Network, process: Process): Fetch {
  const send = async (input: string, init: RequestInit = {}): Promise<unknown> => {
    const [, host = '', path = '/'] = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(input) ?? [];
    const { method = 'GET', body, signal } = init;
    const headers = lowerCase(init.headers as Record<string, string> | undefined);
    const sent = { method, path, headers, body: typeof body === 'string' ? body : undefined };
    const answer = await network.request(process, host, sent, signal ?? undefined);
    return {
      status: answer.status,
      headers: { get: (name: string) => answer.headers[name.toLowerCase()] ?? null },
      body: { getReader: () => readerOf(answer.body) },
    };
  };
  // What src/client uses of a response, and no more.
  return send as unknown as Fetch;
}

function readerOf(body: Body): { read: () => Promise<unknown>; cancel: () => Promise<void> } {
  return {
    read: () => body.next(),
    cancel: async () => body.destroy(),
  };
}
