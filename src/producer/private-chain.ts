/** An information chain of a follower's own: its key, its sealing, its routes. Loaded only where a node is to have one. */
import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { FollowerConfig } from '../config/config.js';
import { assert } from '../ledger/errors.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { NodeInfo } from '../ledger/node-info.js';
import type { NodeStorage } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { AcceptingService } from './accepting.service.js';
import { openProducer } from './birth.js';
import { DiskGuard } from './disk-guard.js';
import { InformationController } from './information.controller.js';
import { PrivateMiningController } from './private-mining.controller.js';
import { warnOfExposure } from './producer-key.js';
import { ProducerLife } from './producer-life.js';
import { logAndEmit } from './producer-log.js';
import { ProducerMetrics } from './producer-metrics.js';
import { ProducerStatus } from './producer-status.js';
import { Producer } from './producer.js';
import { SYSTEM_CLOCK } from './system-clock.js';

export interface PrivateChainParts {
  readonly config: FollowerConfig;
  readonly storage: NodeStorage;
  readonly signatures: SignatureChecker;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export interface PrivateChain {
  readonly status: NodeInfo;
  readonly controllers: NonNullable<DynamicModule['controllers']>;
  readonly providers: NonNullable<DynamicModule['providers']>;
}

/**
 * The first time, its key and the chain are made together.
 * @throws OperatorError when the key, the chain and the configuration don't belong together
 */
export function openPrivateChain(parts: PrivateChainParts): PrivateChain {
  const { config, storage, signatures, events, metrics, fail } = parts;
  const { privateChain, databaseFile } = config;
  assert(privateChain !== undefined, 'there is no PRIVATE_CHAIN');
  const { keyFile, settings } = privateChain;
  const signer = openProducer(
    { keyFile, databaseFile, chains: [settings], isListed: true },
    storage.store,
    SYSTEM_CLOCK.now(),
    { origin: 'private', keyVariable: 'PRIVATE_CHAIN_KEY_FILE' },
  );
  warnOfExposure(keyFile);
  const disk = new DiskGuard(databaseFile, privateChain.freeDiskBytesMin, SYSTEM_CLOCK);
  const producer = new Producer({
    store: storage.store,
    signer,
    clock: SYSTEM_CLOCK,
    disk,
    limits: privateChain,
    metrics: new ProducerMetrics(metrics),
    events: logAndEmit(events, fail),
    signatures,
  });
  return {
    status: new ProducerStatus(producer, storage.store, disk),
    controllers: [InformationController, PrivateMiningController],
    providers: [{ provide: Producer, useValue: producer }, ProducerLife, AcceptingService],
  };
}
