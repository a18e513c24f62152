/** Puts a producer together. */
import { createHttpApp } from '../http/server/http-app.js';
import type { ProducerConfig } from '../config/config.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Chain, NodeStorage } from '../ledger/store.js';
import { createSignatureChecker } from '../signatures/threaded-checker.js';
import { CheckpointFile } from './birth/checkpoint-file.js';
import { refuseConvicted } from './birth/convicted.js';
import { refuseRestoredBackup, warnOfSilence } from './birth/restored-backup.js';
import { checkChains, logNewChains, openProducer } from './birth/birth.js';
import { warnOfExposure } from '../keys/key-file.js';
import { ProducerModule } from './producer.module.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';

/** Compares the chains of the database with the key and the configuration. @throws OperatorError */
export function checkProducer(config: ProducerConfig, chains: readonly Chain[]): void {
  checkChains(config, chains);
}

/**
 * @param fail ends the process
 * @throws OperatorError when the key, the chains and the configuration don't belong together
 */
export async function startProducer(
  config: ProducerConfig,
  storage: NodeStorage,
  fail: (error: unknown) => void,
): Promise<NestFastifyApplication> {
  const { databaseFile, keyFile, checkpointFile, policy } = config;
  const { store, nodes, faults } = storage;
  await refuseConvicted(databaseFile, store, faults);
  const checkpoints = checkpointFile === undefined ? undefined : new CheckpointFile(checkpointFile);
  const asked = await refuseRestoredBackup({
    databaseFile,
    store,
    nodes,
    faults,
    policy,
    checkpoints,
    clock: SYSTEM_CLOCK,
  });
  const known = store.chains().length;
  const signer = openProducer(config, store, SYSTEM_CLOCK.now());
  const born = store.chains().slice(known);
  store.settle();
  const app = await createHttpApp(
    await ProducerModule.forRoot({
      config,
      storage,
      signer,
      checkpoints,
      signatures: createSignatureChecker(),
      fail,
    }),
    config,
  );
  logNewChains(born);
  warnOfExposure(keyFile);
  warnOfSilence(asked);
  return app;
}
