/** Which chain a request is about, before its handler runs. */
import type { FastifyRequest } from 'fastify';
import { NotFound, Unavailable } from '../../ledger/errors.js';
import type { Role } from '../../ledger/node-info.js';
import type { AskedChain, ChainOf } from '../server/api-token.js';
import type { ChainReader } from './chain-reader.js';

/** For routes that change something. Its handler reports a chain that doesn't exist. */
export function askedChainOf(reader: ChainReader, role: Role): ChainOf {
  return (request) => {
    try {
      return find(request, reader, role);
    } catch (error) {
      if (error instanceof NotFound || error instanceof Unavailable) return undefined;
      throw error;
    }
  };
}

function find(
  { routeOptions, params }: FastifyRequest,
  reader: ChainReader,
  role: Role,
): AskedChain | undefined {
  const { chain } = params as { chain?: string };
  if (chain !== undefined) return reader.named(chain).chain;
  const path = routeOptions.url ?? '';
  if (path.startsWith('/information')) return reader.information().chain;
  // On a follower, /mine seals its own chain.
  if (path === '/mine') return role === 'producer' ? reader.token().chain : reader.information().chain;
  return path.startsWith('/transactions') ? reader.token().chain : undefined;
}
