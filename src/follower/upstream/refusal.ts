/** A fault of an upstream, together with what it sent: what is kept as evidence. */
import { sealedHeaderText, type SealedHeader } from '../../chain/block/block.js';
import { hashHex, type Hash } from '../../chain/bytes/bytes.js';
import type { Fault } from '../../chain/faults.js';
import { sha256 } from '../../chain/bytes/sha256.js';
import { EVIDENCE_CHARACTERS_MAX } from '../../ledger/store.js';

export interface Refusal {
  readonly fault: Fault;
  readonly evidence: Evidence;
  /** Whether the chain's producer signed what is wrong: then it is wrong wherever it comes from. */
  readonly isProducers?: boolean;
}

export interface Evidence {
  /**
   * What convicts: what came, as it came; of a long block what it takes to judge it, of two signed headers both. What is
   * longer than {@link EVIDENCE_CHARACTERS_MAX} and no block is cut: nobody signed it.
   */
  readonly text: string;
  /** SHA-256 of all that came */
  readonly digest: Hash;
}

/** @param received what the upstream sent: bytes, or the text that its UTF-8 decoded to */
export function refuse(fault: Fault, received: Uint8Array | string): Refusal {
  const text = (typeof received === 'string' ? received : decoded(received))
    .slice(0, EVIDENCE_CHARACTERS_MAX)
    // The cut may have gone through a surrogate pair.
    .toWellFormed();
  return { fault, evidence: { text, digest: hashHex(sha256(received)) } };
}

/** Two signed headers of one index: the proof that their producer told two stories. Each as it is on the wire. */
export function twoHeaders(
  first: string,
  firstHeader: SealedHeader,
  second: string,
  secondHeader: SealedHeader,
): string {
  return `{"${first}":${sealedHeaderText(firstHeader)}},"${second}":${sealedHeaderText(secondHeader)}}}`;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'fault' in value && 'evidence' in value;
}

/** As much of it as can matter: a character takes at most three bytes for each UTF-16 unit. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 3 * EVIDENCE_CHARACTERS_MAX));
}
