/** Warns at the start where strangers can change something. */
import { Logger } from '@nestjs/common';
import { isIP } from 'node:net';
import { needsToken, type NodeConfig } from '../../config/config.js';
import type { Role } from '../../ledger/node-info.js';

const WHAT: Readonly<Record<Role, string>> = {
  producer: 'submit entries, seal blocks, erase records and register nodes',
  follower: 'register nodes and remove them',
};

/** A node behind a proxy listens on a loopback address, and the proxy may ask for credentials: it is not warned about. */
export function warnOfOpenWriting(
  role: Role,
  config: Pick<NodeConfig, 'host' | 'apiToken' | 'tokensFile'>,
): void {
  if (needsToken(config) || isLoopback(config.host)) return;
  new Logger('Access').warn(
    `this node listens on ${config.host} without tokens: anyone who can reach it can ${WHAT[role]}. Set API_TOKEN or ` +
      'API_TOKENS_FILE',
  );
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}
