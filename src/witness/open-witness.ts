/** Puts a witness together: its key, its route, its work. Loaded only if a node is to be one. */
import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import { COSIGNATURE_V1, formatVerifierKey, type VerifierKey } from '../chain/note/verifier-key.js';
import type { WitnessConfig } from '../config/config.js';
import { renameDurably } from '../keys/durable.js';
import { SigningKey, type Signer } from '../keys/key-file.js';
import type { Clock } from '../ledger/clock.js';
import type { Convictions } from '../ledger/convictions.js';
import type { Cosignatures } from '../ledger/cosignatures.js';
import { OperatorError } from '../ledger/errors.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { WitnessIdentity } from '../ledger/node-info.js';
import { Puller } from '../ledger/puller.js';
import type { NodeStorage } from '../ledger/store.js';
import { Cosigner } from './cosigner.js';
import { Equivocations } from './equivocations.js';
import { AddCheckpointController } from './http/add-checkpoint.controller.js';
import { KnownLogs } from './known-logs.js';
import { Recovery } from './recovery.js';
import { StartLines } from './start-lines.js';
import { Unasked } from './unasked.js';
import { WitnessMetrics } from './witness-metrics.js';
import { Witness } from './witness.js';

export interface WitnessLife {
  readonly cosignatures: Cosignatures;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly upstreams: readonly string[];
  readonly isFollowed: (chain: Hash) => boolean;
  readonly convictions: Convictions;
  /** ends following a chain, because its producer broke a rule */
  readonly breakChain: (chain: Hash, fault: Fault) => void;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

interface OpenedWitness {
  readonly key: VerifierKey;
  readonly identity: WitnessIdentity;
  live(life: WitnessLife): {
    readonly controllers: NonNullable<DynamicModule['controllers']>;
    readonly providers: NonNullable<DynamicModule['providers']>;
  };
}

/**
 * The key is made at the first start.
 * @throws OperatorError if it can't be read or written, or is used for anything else
 */
export function openWitness(config: WitnessConfig, storage: NodeStorage): OpenedWitness {
  const signer = openKey(config.keyFile);
  refuseOtherUses(signer, config, storage);
  const key: VerifierKey = { name: config.name, type: COSIGNATURE_V1, publicKey: signer.publicKey };
  const verifierKey = formatVerifierKey(key);
  const logs = new KnownLogs(storage.store, config.logs, key.publicKey);
  const heads = storage.cosigned;
  return {
    key,
    identity: { name: key.name, verifierKey },
    live: (life) => {
      const cosigner = new Cosigner({ key, signer, heads, ...life });
      const recovery = new Recovery({ key, logs, heads, nodes: storage.nodes, ...life });
      const equivocations = new Equivocations({ faults: storage.faults, ...life });
      const metrics = new WitnessMetrics(life.metrics, logs, heads);
      const shared = { key, logs, heads, cosigner, recovery, equivocations, ...life };
      return {
        controllers: [AddCheckpointController],
        providers: [
          {
            provide: Witness,
            inject: [Puller],
            useFactory: (puller: Puller) => new Witness({ ...shared, puller }),
          },
          { provide: WitnessMetrics, useValue: metrics },
          { provide: Unasked, useValue: new Unasked(shared) },
          { provide: StartLines, useValue: new StartLines(config.keyFile, verifierKey, logs) },
        ],
      };
    },
  };
}

function openKey(file: string): SigningKey {
  const known = SigningKey.read(file);
  if (known !== undefined) return known;
  const key = SigningKey.generate();
  // A crash before the last step leaves a file that counts for nothing; the next start overwrites it.
  key.write(`${file}.new`);
  renameDurably(`${file}.new`, file);
  return key;
}

/** A cosignature by the key of a log would let the log vouch for itself. */
function refuseOtherUses(
  { publicKey }: Signer,
  { keyFile, logs }: WitnessConfig,
  { store }: NodeStorage,
): void {
  const chain = store.chains().find(({ contract }) => contract.producer === publicKey);
  const log = logs.find((each) => each.publicKey === publicKey);
  if (chain === undefined && log === undefined) return;
  const other =
    chain === undefined ? `the log ${log?.name}, which WITNESS_LOGS lists` : `the chain ${chain.name}`;
  throw new OperatorError(
    `the key in ${keyFile} (WITNESS_KEY_FILE) is also that of ${other}: a witness needs a key that is used for nothing ` +
      'else. Set WITNESS_KEY_FILE to another file, and one is made',
  );
}
