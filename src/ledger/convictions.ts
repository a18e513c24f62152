/** Evidence, in the log of faults, that convicts producers of two stories (protocol, section 12). */
import type { Hash } from '../chain/bytes/bytes.js';
import { judgeEvidence } from '../chain/proof/equivocation.js';
import type { FaultLog, FaultRecord } from './store.js';

/** The oldest record that convicts a chain's producer, for each chain of which there is one. */
export async function convictions(faults: FaultLog): Promise<ReadonlyMap<Hash, FaultRecord>> {
  const found = new Map<Hash, FaultRecord>();
  for (const record of await faults.forks()) {
    const verdict = judgeEvidence(record.evidence);
    if (!('problem' in verdict) && !found.has(verdict.chain)) found.set(verdict.chain, record);
  }
  return found;
}
