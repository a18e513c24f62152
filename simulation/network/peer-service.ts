/** The network as nodes see it: in place of the HttpService with which src/peer sends its requests. */
import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig } from 'axios';
import { from } from 'rxjs';
import type { Process } from '../world/process.js';
import type { Network } from './network.js';

export function peerService(network: Network, process: Process): HttpService {
  const request = ({ url = '', method = 'GET', headers, data, signal }: AxiosRequestConfig) => {
    const [, host = '', path = '/'] = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(url) ?? [];
    const sent = {
      method,
      path,
      headers: lowerCase(headers as Readonly<Record<string, string>> | undefined),
      body: typeof data === 'string' ? data : undefined,
    };
    const answer = network.request(process, host, sent, signal as AbortSignal | undefined);
    return from(answer.then(({ status, headers, body }) => ({ status, headers, data: body })));
  };
  // What src/peer uses of it, and no more.
  return { request } as unknown as HttpService;
}

export function lowerCase(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
