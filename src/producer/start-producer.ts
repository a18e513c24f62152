/** Puts a producer together. */
import { Logger } from '@nestjs/common';
import { createHttpApp } from '../http/http-app.js';
import type { ProducerConfig } from '../config/config.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeStorage } from '../ledger/store.js';
import { createSignatureChecker } from '../signatures/threaded-checker.js';
import { openProducer } from './birth.js';
import { exposedMode } from './producer-key.js';
import { ProducerModule } from './producer.module.js';
import { SYSTEM_CLOCK } from './system-clock.js';

/**
 * @param fail ends the process
 * @throws OperatorError when the key, the chains and the configuration don't belong together
 */
export async function startProducer(
  config: ProducerConfig,
  storage: NodeStorage,
  fail: (error: unknown) => void,
): Promise<NestFastifyApplication> {
  const signer = openProducer(config, storage.store, SYSTEM_CLOCK.now());
  const app = await createHttpApp(
    ProducerModule.forRoot({ config, storage, signer, signatures: createSignatureChecker(), fail }),
    config,
  );
  const mode = exposedMode(config.keyFile);
  if (mode !== undefined) {
    new Logger('Key').warn(
      `the key ${config.keyFile} may be read by others than its owner (mode ${mode}), and whoever has it can seal ` +
        `blocks in this producer's name: chmod 600 ${config.keyFile}`,
    );
  }
  return app;
}
