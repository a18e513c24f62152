/** Signs for a wallet: the client requests signatures and never sees a key. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { addressOf } from '../chain/entry/address.js';
import { parsePublicKey, toHex, type PublicKey } from '../chain/bytes/bytes.js';
import { invalid } from './errors.js';

export interface Signer {
  /** the raw Ed25519 key (RFC 8032) as 64 lower-case hex digits */
  readonly publicKey: string;
  /** the wallet's address, derived from the key */
  readonly address: string;
  /**
   * The Ed25519 signature over the UTF-8 bytes of `text`, as 128 lower-case hex digits. The text names the
   * chain and everything that the holder decides; a signer may show it, and refuse by throwing.
   */
  sign(text: string): Promise<string>;
}

/** A signer whose key is in this program's memory. The key is in no property, so no log shows it. */
export class KeySigner implements Signer {
  readonly publicKey: PublicKey;
  readonly address: string;
  readonly #seed: Uint8Array;

  /**
   * @param seed the RFC 8032 secret key, 32 random bytes; they are copied
   * @throws InvalidRequestError unless there are 32 of them
   */
  constructor(seed: Uint8Array) {
    if (seed.length !== 32) throw invalid('seed', 'must be 32 bytes');
    this.#seed = Uint8Array.from(seed);
    this.publicKey = parsePublicKey(toHex(ed25519.getPublicKey(this.#seed))) as PublicKey;
    this.address = addressOf(this.publicKey);
  }

  /** Creates a key. Store `seed` where nobody else can read it: without it, the wallet is lost. */
  static generate(): { readonly signer: KeySigner; readonly seed: Uint8Array } {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    return { signer: new KeySigner(seed), seed };
  }

  // Asynchronous as the interface has it, for keys that live elsewhere.
  async sign(text: string): Promise<string> {
    return toHex(ed25519.sign(new TextEncoder().encode(text), this.#seed));
  }
}
