/** The port for a chain that a follower seals itself; the code that composes the node provides the implementation. */
import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { FollowerConfig } from '../config/config.js';
import type { SystemClock } from '../ledger/system-clock.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { NodeStorage } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import type { OwnStatus } from './http/follower-status.js';

export interface OwnChainParts {
  readonly config: FollowerConfig;
  readonly storage: NodeStorage;
  readonly signatures: SignatureChecker;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  readonly clock: SystemClock;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export interface OwnChain {
  readonly status: OwnStatus;
  readonly controllers: NonNullable<DynamicModule['controllers']>;
  readonly providers: NonNullable<DynamicModule['providers']>;
}

/** Opens the chain, or creates it. @throws OperatorError */
export type OpenOwnChain = (parts: OwnChainParts) => Promise<OwnChain>;
