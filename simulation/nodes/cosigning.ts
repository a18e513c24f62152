/** The part of a follower that cosigns: what src/witness/open-witness.ts composes, without Nest. */
import type { HttpService } from '@nestjs/axios';
import { formatSignatureLine } from '../../src/chain/note/signed-note.js';
import type { VerifierKey } from '../../src/chain/note/verifier-key.js';
import type { Signer } from '../../src/keys/key-file.js';
import type { Puller } from '../../src/ledger/puller.js';
import type { CosignedHeads, FaultLog, LedgerStore, NodeRegistry } from '../../src/ledger/store.js';
import { ADD_CHECKPOINT, SIZE_TYPE } from '../../src/ledger/witness-limits.js';
import { Cosigner } from '../../src/witness/cosigner.js';
import { Equivocations } from '../../src/witness/equivocations.js';
import { KnownLogs } from '../../src/witness/known-logs.js';
import type { WitnessLife } from '../../src/witness/open-witness.js';
import { Recovery } from '../../src/witness/recovery.js';
import { Unasked } from '../../src/witness/unasked.js';
import { Witness } from '../../src/witness/witness.js';
import type { NetworkRequest, ServerAnswer } from '../network/network.js';
import { textAnswer } from './answers.js';

const TEXT_TYPE = 'text/plain; charset=utf-8';

export interface WitnessOptions {
  readonly key: VerifierKey;
  readonly signer: Signer;
}

interface CosigningParts extends WitnessLife {
  readonly store: LedgerStore;
  readonly cosigned: CosignedHeads;
  readonly faults: FaultLog;
  readonly nodes: NodeRegistry;
  readonly http: HttpService;
  readonly puller: Puller;
}

export function cosigning(
  { key, signer }: WitnessOptions,
  parts: CosigningParts,
): { answer(request: NetworkRequest): Promise<ServerAnswer> | undefined } {
  const heads = parts.cosigned;
  const logs = new KnownLogs(parts.store, [], key.publicKey);
  const cosigner = new Cosigner({ ...parts, key, signer, heads });
  const recovery = new Recovery({ ...parts, key, logs, heads });
  const equivocations = new Equivocations(parts);
  const shared = { ...parts, key, logs, heads, cosigner, recovery, equivocations };
  const witness = new Witness(shared);
  new Unasked(shared).onApplicationBootstrap();
  return {
    answer: ({ method, path, body = '' }) =>
      method === 'POST' && path === ADD_CHECKPOINT ? cosignature(witness, body) : undefined,
  };
}

async function cosignature(witness: Witness, body: string): Promise<ServerAnswer> {
  const answer = await witness.answer(body);
  switch (answer.status) {
    case 200:
      return textAnswer(200, TEXT_TYPE, Buffer.from(formatSignatureLine(answer.cosignature)));
    case 409:
      return textAnswer(409, SIZE_TYPE, Buffer.from(`${answer.size}\n`));
    default:
      return textAnswer(answer.status, TEXT_TYPE, Buffer.from(`${answer.reason}\n`));
  }
}
