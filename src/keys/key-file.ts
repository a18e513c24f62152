/** A node's Ed25519 key in a file of its own: a producer's, or a witness's. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import type { PublicKey, Signature } from '../chain/bytes/bytes.js';
import { OperatorError } from '../ledger/errors.js';
import { writeDurably } from './durable.js';
import { readSmallFile } from './small-file.js';

/** Signs with a key; nothing gives the key itself out. */
export abstract class Signer {
  abstract readonly publicKey: PublicKey;
  /** Ed25519 over the text's UTF-8 bytes. */
  abstract sign(text: string): Signature;
}

export class SigningKey extends Signer {
  override readonly publicKey: PublicKey;

  private constructor(private readonly key: KeyObject) {
    super();
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    // The 32 raw bytes end the DER form (RFC 8410, section 4).
    this.publicKey = spki.subarray(-32).toString('hex') as PublicKey;
  }

  override sign(text: string): Signature {
    return sign(null, Buffer.from(text), this.key).toString('hex') as Signature;
  }

  static generate(): SigningKey {
    return new SigningKey(generateKeyPairSync('ed25519').privateKey);
  }

  /**
   * @returns undefined when there is no such file
   * @throws OperatorError if it can't be read, or contains no Ed25519 key
   */
  static read(file: string): SigningKey | undefined {
    let pem: string | undefined;
    try {
      pem = readSmallFile(file);
    } catch (error) {
      throw new OperatorError(`the key file ${file} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (pem === undefined) return undefined;
    let key: KeyObject | undefined;
    try {
      key = createPrivateKey(pem);
    } catch {
      key = undefined;
    }
    if (key?.asymmetricKeyType !== 'ed25519') {
      throw new OperatorError(`the key file ${file} contains no Ed25519 private key in PKCS#8 PEM form`);
    }
    return new SigningKey(key);
  }

  /** Writes PKCS#8 PEM, mode 0600, on disk when it returns. */
  write(file: string): void {
    try {
      mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
      rmSync(file, { force: true });
      writeDurably(file, this.key.export({ format: 'pem', type: 'pkcs8' }) as string);
    } catch (error) {
      throw new OperatorError(`the key file ${file} cannot be written: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

/**
 * Whether others than its owner may read a key. That is said, not refused: where a platform mounts secrets, a group
 * often has to read them.
 * @returns the file's permissions in octal then, else undefined
 */
export function exposedMode(file: string): string | undefined {
  const mode = statSync(file).mode & 0o777;
  // Windows has no such modes.
  return process.platform === 'win32' || (mode & 0o044) === 0 ? undefined : mode.toString(8);
}

/** Says in the log that others than its owner may read the key, where they may. @param power what anyone can do who has it */
export function warnOfExposure(file: string, power = "seal blocks in this producer's name"): void {
  const mode = exposedMode(file);
  if (mode === undefined) return;
  new Logger('Key').warn(
    `the key ${file} can be read by users other than its owner (mode ${mode}), and anyone who has it can ` +
      `${power}: chmod 600 ${file}`,
  );
}
