/** Opens a node of a smart blockchain, producer or follower: its role on its database. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeConfig } from './config/config.js';
import type { Chain } from './ledger/store.js';
import { keepScrubbed } from './ledger/keep-scrubbed.js';
import type { Role } from './ledger/node-info.js';
import { SYSTEM_CLOCK } from './ledger/system-clock.js';
import type { OpenNode } from './node.js';
import { openStorage, type Storage } from './storage/sqlite/database.js';

/** Starts a role from its config and its database. */
export type StartRole<C extends NodeConfig> = (
  config: C,
  storage: Storage,
  fail: (error: unknown) => void,
) => Promise<NestFastifyApplication>;

/** @param check compares a database's chains with the config before anything is written. @throws OperatorError */
export function onDatabase<C extends NodeConfig & { readonly role: Role }>(
  startRole: StartRole<C>,
  check: (config: C, chains: readonly Chain[]) => void,
): OpenNode<C> {
  return async (config, fail) => {
    const storage = await openStorage(config.databaseFile, config.role, (chains) => check(config, chains));
    const app = await startRole(config, storage, fail);
    const stopScrubbing = keepScrubbed(storage.store, SYSTEM_CLOCK, fail);
    const close = async (): Promise<void> => {
      stopScrubbing();
      await storage.close();
    };
    return { app, extras: ', with the explorer', close };
  };
}
