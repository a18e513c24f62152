/** Signs with the key in a wallet's file, which is opened at the first signature: a request that is refused earlier needs no passphrase. */
import { KeySigner, type Signer } from '../../client/signer.js';
import { printable, Trouble, type Io } from '../shell/io.js';
import { openKey, readKeyFile, type KeyFile } from './key-file.js';
import { knownPassphrase } from '../shell/passphrase.js';

export class FileSigner implements Signer {
  private readonly key: KeyFile;

  /** @throws Trouble if there is no such file, or others can read it */
  constructor(
    readonly file: string,
    private readonly io: Io,
  ) {
    this.key = readKeyFile(file);
    if (!this.key.isExposed) return;
    throw new Trouble(`${file} can be read by users other than its owner: chmod 600 ${file}`);
  }

  get address(): string {
    return this.key.address;
  }

  get publicKey(): string {
    return this.key.publicKey;
  }

  async sign(text: string): Promise<string> {
    const seed = await openKey(this.file, this.key, await knownPassphrase(this.io, printable(this.file)));
    try {
      return await new KeySigner(seed).sign(text);
    } finally {
      seed.fill(0);
    }
  }
}
