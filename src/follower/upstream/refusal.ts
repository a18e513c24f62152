/** A fault of an upstream together with the evidence: the data that it sent. */
import type { SealedHeader } from '../../chain/block/block.js';
import { hashHex, type Hash } from '../../chain/bytes/bytes.js';
import type { Contract } from '../../chain/contract/contract.js';
import type { Fault } from '../../chain/faults.js';
import { formatEquivocation, judgeEvidence } from '../../chain/proof/equivocation.js';
import { sha256 } from '../../chain/bytes/sha256.js';
import { EVIDENCE_CHARACTERS_MAX } from '../../ledger/store.js';

export interface Refusal {
  readonly fault: Fault;
  readonly evidence: Evidence;
  /** Whether the chain's producer signed the fault: if so, it is a fault whichever upstream sends it. */
  readonly isProducers?: boolean;
}

export interface Evidence {
  /**
   * The proof: the data as received, the parts of a long block that are needed to judge it, or evidence of two stories. Data
   * longer than {@link EVIDENCE_CHARACTERS_MAX} that is not a block is truncated, since nobody signed it.
   */
  readonly text: string;
  /** SHA-256 of everything received */
  readonly digest: Hash;
}

/** @param received the data that the upstream sent: bytes, or the text decoded from UTF-8 */
export function refuse(fault: Fault, received: Uint8Array | string): Refusal {
  const text = (typeof received === 'string' ? received : decoded(received))
    .slice(0, EVIDENCE_CHARACTERS_MAX)
    // The cut may have split a surrogate pair.
    .toWellFormed();
  return { fault, evidence: { text, digest: hashHex(sha256(received)) } };
}

/**
 * The file that convicts a producer of two stories (protocol, section 12).
 * @returns undefined unless it signed both headers, with one index and different hashes
 */
export function twoStories(
  contract: Contract,
  first: SealedHeader,
  second: SealedHeader,
): string | undefined {
  const file = formatEquivocation({ contract, headers: [first, second] });
  return 'problem' in judgeEvidence(file) ? undefined : file;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'fault' in value && 'evidence' in value;
}

/** Decodes no more than can be kept: a character takes at most three bytes for each UTF-16 unit. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 3 * EVIDENCE_CHARACTERS_MAX));
}
