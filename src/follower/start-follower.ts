/** Puts a follower together. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FollowerConfig } from '../config/config.js';
import { createHttpApp } from '../http/http-app.js';
import type { NodeStorage } from '../ledger/store.js';
import { createSignatureChecker } from '../signatures/threaded-checker.js';
import { FollowerModule } from './follower.module.js';
import { assertPinned } from './pins.js';

/**
 * @param fail ends the process
 * @throws OperatorError when the database follows another chain than the pinned one
 */
export async function startFollower(
  config: FollowerConfig,
  storage: NodeStorage,
  fail: (error: unknown) => void,
): Promise<NestFastifyApplication> {
  assertPinned(config, storage.store.chains());
  return createHttpApp(
    FollowerModule.forRoot({ config, storage, signatures: createSignatureChecker(), fail }),
    config,
  );
}
