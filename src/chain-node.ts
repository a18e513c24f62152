/** Opens a node of a smart blockchain, producer or follower: its role on its database. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeConfig } from './config/config.js';
import type { Role } from './ledger/node-info.js';
import type { OpenNode } from './node.js';
import { openStorage, type Storage } from './storage/sqlite/database.js';

/** Starts a role from its config and its database. */
export type StartRole<C extends NodeConfig> = (
  config: C,
  storage: Storage,
  fail: (error: unknown) => void,
) => Promise<NestFastifyApplication>;

export function onDatabase<C extends NodeConfig & { readonly role: Role }>(
  startRole: StartRole<C>,
): OpenNode<C> {
  return async (config, fail) => {
    const storage = await openStorage(config.databaseFile, config.role);
    const app = await startRole(config, storage, fail);
    return { app, extras: ', with the explorer', close: () => storage.close() };
  };
}
