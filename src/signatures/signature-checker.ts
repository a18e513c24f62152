/** The port that checks many holders' signatures at a time: at 0.1 ms each, they would block the event loop. */
import type { PublicKey, Signature } from '../chain/bytes/bytes.js';

export interface SignedText {
  readonly publicKey: PublicKey;
  readonly text: string;
  readonly signature: Signature;
}

export abstract class SignatureChecker {
  /** Whether each signature is valid, in order. Doesn't block the event loop. */
  abstract check(signed: readonly SignedText[]): Promise<readonly boolean[]>;
}
