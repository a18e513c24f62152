/** The steps of checking a block, and at which of them a fault shows. */
import type { Fault, FaultCode } from '../../../src/chain/faults.js';

export const STEP_IDS = [
  'contract',
  'parent',
  'place',
  'ids',
  'split',
  'order',
  'holders',
  'root',
  'hash',
  'seal',
] as const;
export type StepId = (typeof STEP_IDS)[number];

/** `none`: there is nothing of this kind in the block */
export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'none';

export interface Step {
  readonly id: StepId;
  readonly state: StepState;
  /** what was compared or counted, for people */
  readonly note?: string;
}

/** At which step a fault of the block's shows. */
export function stepOf({ fault, sequence }: Pick<Fault, 'fault' | 'sequence'>): StepId {
  return STEP_OF[fault] ?? (sequence === undefined ? 'place' : 'order');
}

const STEP_OF: Partial<Record<FaultCode, StepId>> = {
  CHAIN_ID_MISMATCH: 'contract',
  UNSUPPORTED: 'contract',
  ENTRY_MALFORMED: 'ids',
  ENTRY_ID_MISMATCH: 'ids',
  FEE_MISMATCH: 'split',
  INFORMATION_HASH_MISMATCH: 'split',
  NONCE_REUSED: 'order',
  ENTRY_TIMESTAMP_BACKWARDS: 'order',
  ADDRESS_MISMATCH: 'holders',
  TREE_ROOT_MISMATCH: 'root',
  HASH_MISMATCH: 'hash',
};

/** A bad signature is a holder's or the producer's. */
export function stepOfFault(fault: Fault): StepId {
  if (fault.fault !== 'BAD_SIGNATURE') return stepOf(fault);
  return fault.sequence === undefined ? 'seal' : 'holders';
}
