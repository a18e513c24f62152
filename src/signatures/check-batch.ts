/** Checks a batch of signatures synchronously. */
import { verifySignature } from '../chain/bytes/ed25519.js';
import type { SignedText } from './signature-checker.js';

/** Signatures in a batch: a few milliseconds of work. */
export const BATCH_SIGNATURES = 32;

export function checkBatch(signed: readonly SignedText[]): readonly boolean[] {
  return signed.map(({ publicKey, text, signature }) => verifySignature(publicKey, text, signature));
}
