/** How a node logs: pino, as JSON or for people. */
import { Injectable } from '@nestjs/common';
import { Logger, type Params } from 'nestjs-pino';
import { PinoPretty } from 'pino-pretty';
import type { NodeConfig } from '../config/config.js';

export function loggerParams({ logLevel, logFormat }: NodeConfig): Params {
  const options = { level: logLevel, autoLogging: false };
  return {
    pinoHttp:
      logFormat === 'pretty'
        ? [options, PinoPretty({ ignore: 'pid,hostname,context', singleLine: true, sync: true })]
        : options,
    // Requests are logged by a hook (http-app.ts): a logger for each of them would cost more than many a request.
    forRoutes: [],
  };
}

/** Nest's own parts that tell every route and module at the start. */
const NEST_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Keeps Nest's account of its start for those who look for it. */
@Injectable()
export class NodeLogger extends Logger {
  override log(message: unknown, ...params: unknown[]): void {
    if (NEST_CONTEXTS.has(params.at(-1))) this.debug(message, ...params);
    else super.log(message, ...params);
  }
}
