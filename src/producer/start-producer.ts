/** Puts a producer together. */
import { createHttpApp } from '../http/server/http-app.js';
import type { ProducerConfig } from '../config/config.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeStorage } from '../ledger/store.js';
import { createSignatureChecker } from '../signatures/threaded-checker.js';
import { openProducer } from './birth/birth.js';
import { warnOfExposure } from './birth/producer-key.js';
import { ProducerModule } from './producer.module.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';

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
  warnOfExposure(config.keyFile);
  return app;
}
