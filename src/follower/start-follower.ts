/** Assembles and starts a follower. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FollowerConfig } from '../config/config.js';
import { createHttpApp } from '../http/server/http-app.js';
import { OperatorError } from '../ledger/errors.js';
import type { Chain, NodeStorage } from '../ledger/store.js';
import { createSignatureChecker } from '../signatures/threaded-checker.js';
import { FollowerModule } from './follower.module.js';
import type { OpenOwnChain } from './own-chain.js';
import type { OpenWitness } from './own-witness.js';
import { assertPinned } from './take/pins.js';

/** The parts of a follower that are loaded only if they are configured. */
export interface FollowerExtras {
  /** if the node has a chain of its own */
  readonly openOwnChain?: OpenOwnChain | undefined;
  /** if the node is a witness */
  readonly openWitness?: OpenWitness | undefined;
}

/**
 * @param fail ends the process
 * @throws OperatorError if the database follows a chain other than the pinned one
 */
export async function startFollower(
  config: FollowerConfig,
  storage: NodeStorage,
  fail: (error: unknown) => void,
  extras: FollowerExtras = {},
): Promise<NestFastifyApplication> {
  checkFollower(config, storage.store.chains());
  const signatures = createSignatureChecker();
  const module = await FollowerModule.forRoot({ config, storage, signatures, fail, ...extras });
  storage.store.settle();
  return createHttpApp(module, config);
}

/** Compares the chains of the database with the config. @throws OperatorError */
export function checkFollower(config: FollowerConfig, chains: readonly Chain[]): void {
  const followed = chains.filter(({ origin }) => origin === 'followed');
  assertPinned(config, followed);
  assertOwnChain(config, chains);
}

/**
 * Checks that a private chain in the database is still configured, and that its name is unique.
 * @throws OperatorError
 */
function assertOwnChain({ privateChain, databaseFile }: FollowerConfig, chains: readonly Chain[]): void {
  const own = chains.find(({ origin }) => origin === 'private');
  const name = privateChain?.settings.name;
  if (own !== undefined && own.name !== name) {
    throw new OperatorError(
      `${databaseFile} contains the private chain ${own.name}, but PRIVATE_CHAIN ` +
        `${name === undefined ? 'is not set' : `is ${name}`}: a chain is permanent. Set PRIVATE_CHAIN=${own.name}, ` +
        'or set DATABASE_URL and PRIVATE_CHAIN_KEY_FILE to other files',
    );
  }
  if (own === undefined && chains.some((chain) => chain.name === name)) {
    throw new OperatorError(
      `PRIVATE_CHAIN is ${name}, but this node follows a chain with that name: choose another name`,
    );
  }
}
