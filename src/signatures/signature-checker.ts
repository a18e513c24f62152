/** Checks holders' signatures, many at a time: a tenth of a millisecond each is too long for the event loop. */
import type { PublicKey, Signature } from '../chain/bytes/bytes.js';

export interface SignedText {
  readonly publicKey: PublicKey;
  readonly text: string;
  readonly signature: Signature;
}

export abstract class SignatureChecker {
  /** Whether each is good, in order. The event loop gets its turn meanwhile. */
  abstract check(signed: readonly SignedText[]): Promise<readonly boolean[]>;
}
