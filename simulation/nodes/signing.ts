/** Keys that depend on the seed: a producer's, a witness's and a wallet's. */
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { PublicKey, Signature } from '../../src/chain/bytes/bytes.js';
import { addressOf } from '../../src/chain/entry/address.js';
import type { Signer as WalletSigner } from '../../src/client/signer.js';
import { Signer } from '../../src/keys/key-file.js';
import type { Random } from '../world/random.js';

/** RFC 8410: what comes before the 32 bytes of an Ed25519 private key in DER. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export class SeededSigner extends Signer {
  override readonly publicKey: PublicKey;
  private readonly key: KeyObject;

  constructor(chance: Random) {
    super();
    const der = Buffer.concat([PKCS8_PREFIX, chance.bytes(32)]);
    this.key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(-32).toString('hex') as PublicKey;
  }

  override sign(text: string): Signature {
    return sign(null, Buffer.from(text), this.key).toString('hex') as Signature;
  }
}

/** A wallet of the policy `signed`. */
export class SeededWallet implements WalletSigner {
  readonly publicKey: PublicKey;
  readonly address: string;

  constructor(private readonly signer: SeededSigner) {
    this.publicKey = signer.publicKey;
    this.address = addressOf(signer.publicKey);
  }

  async sign(text: string): Promise<string> {
    return this.signer.sign(text);
  }
}
