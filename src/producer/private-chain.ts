/** An information chain of a follower's own: its key, its sealing, its routes. Loaded only where a node is to have one. */
import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { FollowerConfig } from '../config/config.js';
import { SystemClock } from '../ledger/system-clock.js';
import { assert } from '../ledger/errors.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { NodeInfo } from '../ledger/node-info.js';
import type { Chain, NodeStorage } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { AcceptingService } from './accept/accepting.service.js';
import { CheckpointFile } from './birth/checkpoint-file.js';
import { refuseConvicted } from './birth/convicted.js';
import { refuseRestoredBackup, StartWarnings } from './birth/restored-backup.js';
import { checkChains, openProducer, type BirthAs, type BirthConfig } from './birth/birth.js';
import { DiskGuard } from './accept/disk-guard.js';
import { InformationController } from './http/information.controller.js';
import { PrivateMiningController } from './http/private-mining.controller.js';
import { ProducerLife } from './chain/producer-life.js';
import { logAndEmit } from './chain/producer-log.js';
import { ProducerMetrics } from './chain/producer-metrics.js';
import { ProducerStatus } from './chain/producer-status.js';
import { Producer } from './chain/producer.js';

export interface PrivateChainParts {
  readonly config: FollowerConfig;
  readonly storage: NodeStorage;
  readonly signatures: SignatureChecker;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  readonly clock: SystemClock;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export interface PrivateChain {
  readonly status: NodeInfo;
  readonly controllers: NonNullable<DynamicModule['controllers']>;
  readonly providers: NonNullable<DynamicModule['providers']>;
}

const PRIVATE: BirthAs = { origin: 'private', keyVariable: 'PRIVATE_CHAIN_KEY_FILE' };

function birthConfig({ privateChain, databaseFile }: FollowerConfig): BirthConfig {
  assert(privateChain !== undefined, 'there is no PRIVATE_CHAIN');
  const { keyFile, settings } = privateChain;
  return { keyFile, databaseFile, chains: [settings], isListed: true };
}

/** Compares the private chain in the database with its key and the configuration. @throws OperatorError */
export function checkPrivateChain(config: FollowerConfig, chains: readonly Chain[]): void {
  checkChains(birthConfig(config), chains, PRIVATE);
}

/**
 * The first time, its key and the chain are made together.
 * @throws OperatorError when the key, the chain and the configuration don't belong together
 */
export async function openPrivateChain(parts: PrivateChainParts): Promise<PrivateChain> {
  const { config, storage, signatures, events, metrics, clock, fail } = parts;
  const { privateChain, databaseFile, policy } = config;
  assert(privateChain !== undefined, 'there is no PRIVATE_CHAIN');
  const { keyFile, checkpointFile } = privateChain;
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
    clock,
  });
  const known = store.chains().length;
  const signer = openProducer(birthConfig(config), storage.store, clock.now(), PRIVATE);
  const born = store.chains().slice(known);
  const disk = new DiskGuard(databaseFile, privateChain.freeDiskBytesMin, clock);
  const producer = new Producer({
    store: storage.store,
    signer,
    clock,
    disk,
    limits: privateChain,
    metrics: new ProducerMetrics(metrics),
    events: logAndEmit(events, fail),
    signatures,
    checkpoints,
  });
  return {
    status: new ProducerStatus(producer, storage.store, disk),
    controllers: [InformationController, PrivateMiningController],
    providers: [
      { provide: Producer, useValue: producer },
      { provide: SystemClock, useValue: clock },
      { provide: StartWarnings, useValue: new StartWarnings(keyFile, asked, born) },
      ProducerLife,
      AcceptingService,
    ],
  };
}
