/** The port for a follower that is a witness; the code that composes the node provides the implementation. */
import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import type { WitnessConfig } from '../config/config.js';
import type { Clock } from '../ledger/clock.js';
import type { Convictions } from '../ledger/convictions.js';
import type { Cosignatures } from '../ledger/cosignatures.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { WitnessIdentity } from '../ledger/node-info.js';
import type { NodeStorage } from '../ledger/store.js';

export interface WitnessLife {
  readonly cosignatures: Cosignatures;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly upstreams: readonly string[];
  /** Whether a chain is still followed: its producer broke no rule. */
  readonly isFollowed: (chain: Hash) => boolean;
  readonly convictions: Convictions;
  /** ends following a chain, because its producer broke a rule */
  readonly breakChain: (chain: Hash, fault: Fault) => void;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export interface OwnWitness {
  readonly key: VerifierKey;
  readonly identity: WitnessIdentity;
  /** Its routes and its work; it pulls by {@link Puller}. */
  live(life: WitnessLife): {
    readonly controllers: NonNullable<DynamicModule['controllers']>;
    readonly providers: NonNullable<DynamicModule['providers']>;
  };
}

/** Reads the witness's key, or makes it. @throws OperatorError */
export type OpenWitness = (config: WitnessConfig, storage: NodeStorage) => OwnWitness;
