/** How a node logs: pino, as JSON or for people. */
import type { Params } from 'nestjs-pino';
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
