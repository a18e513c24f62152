/** A wallet's key in a file: encrypted with a passphrase, its address readable without. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parsePublicKey, type PublicKey } from '../../chain/bytes/bytes.js';
import { addressOf } from '../../chain/entry/address.js';
import { asFields, isCount, type Fields } from '../../chain/bytes/fields.js';
import { canonicalJson } from '../../chain/bytes/json.js';
import { KeySigner } from '../../client/signer.js';
import { Trouble } from '../shell/io.js';

const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 32;
/** NIST SP 800-38D, section 8.2.2: random, of 96 bits; each key seals one message. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FILE_BYTES_MAX = 16 * 1024;

/** The cost of a guess (RFC 7914): 128 · n · r bytes of memory. */
export interface Cost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB, and half a second. */
const COST: Cost = { n: 2 ** 17, r: 8, p: 1 };
/** A file from elsewhere must neither exhaust memory nor make guessing cheap. */
const N_MIN = 2 ** 14;
const MEMORY_BYTES_MAX = 512 * 1024 * 1024;
const P_MAX = 4;

export interface KeyFile {
  readonly address: string;
  readonly publicKey: PublicKey;
  /** whether others than its owner may read the file */
  readonly isExposed: boolean;
  readonly sealed: SealedSeed;
}

interface SealedSeed extends Cost {
  readonly salt: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

/** The passphrase is wrong, or the file was changed. */
export class WrongPassphrase extends Trouble {}

/**
 * The file's text.
 * @param seed the RFC 8032 secret key, 32 bytes
 */
export async function keyFileText(seed: Uint8Array, passphrase: string, cost = COST): Promise<string> {
  const { address, publicKey } = new KeySigner(seed);
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const head = header(address, publicKey, { ...cost, salt, iv });
  const cipher = createCipheriv(CIPHER, await keyOf(passphrase, { ...cost, salt }), iv);
  cipher.setAAD(Buffer.from(canonicalJson(head)));
  const ciphertext = Buffer.concat([cipher.update(seed), cipher.final()]).toString('hex');
  const tag = cipher.getAuthTag().toString('hex');
  return `${JSON.stringify({ ...head, crypto: { ...head.crypto, tag, ciphertext } }, undefined, 2)}\n`;
}

/** The public fields: they are authenticated with the key, so a changed address or cost is detected. */
function header(
  address: string,
  publicKey: PublicKey,
  { n, r, p, salt, iv }: Omit<SealedSeed, 'tag' | 'ciphertext'>,
): { readonly crypto: Fields } & Fields {
  const [saltHex, ivHex] = [salt.toString('hex'), iv.toString('hex')];
  const crypto = { kdf: 'scrypt', n, r, p, salt: saltHex, cipher: CIPHER, iv: ivHex };
  return { version: VERSION, address, public_key: publicKey, crypto };
}

/**
 * The key in a file.
 * @returns the seed, 32 bytes: overwrite it when it is no longer needed
 * @throws WrongPassphrase
 */
export async function openKey(file: string, key: KeyFile, passphrase: string): Promise<Uint8Array> {
  const { address, publicKey, sealed } = key;
  const decipher = createDecipheriv(CIPHER, await keyOf(passphrase, sealed), sealed.iv);
  decipher.setAAD(Buffer.from(canonicalJson(header(address, publicKey, sealed))));
  decipher.setAuthTag(sealed.tag);
  let seed: Buffer;
  try {
    seed = Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
  } catch {
    throw new WrongPassphrase(`${file} can't be opened: the passphrase is wrong, or the file was changed`);
  }
  if (new KeySigner(seed).publicKey === publicKey) return seed;
  throw new Trouble(`${file} holds another key than it says`);
}

function keyOf(passphrase: string, { n, r, p, salt }: Cost & { readonly salt: Buffer }): Promise<Buffer> {
  // Other systems may enter the same letters as other code points.
  const secret = passphrase.normalize('NFKC');
  // OpenSSL also counts the mixing blocks of all lanes.
  const maxmem = 128 * r * (n + p + 2) + 1024;
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, { N: n, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** @throws Trouble */
export function readKeyFile(file: string): KeyFile {
  const { text, mode } = readSmallFile(file);
  const key = parseKeyFile(text);
  if (typeof key === 'string') throw new Trouble(`${file} is not a bpsc wallet: ${key}`);
  // Windows has no such modes.
  return { ...key, isExposed: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

function readSmallFile(file: string): { readonly text: string; readonly mode: number } {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const { size, mode } = fstatSync(handle);
    if (size > FILE_BYTES_MAX) throw new Trouble(`it has ${size} bytes, and no wallet is so large`);
    const bytes = Buffer.alloc(FILE_BYTES_MAX);
    const length = readSync(handle, bytes);
    return { text: bytes.toString('utf8', 0, length), mode };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Trouble(
      code === 'ENOENT' ? `there is no wallet ${file}` : `${file} cannot be read: ${message}`,
    );
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** @returns the problem, as a text */
export function parseKeyFile(text: string): Omit<KeyFile, 'isExposed'> | string {
  let fields: Fields | undefined;
  try {
    fields = asFields(JSON.parse(text));
  } catch {
    return 'it is no JSON';
  }
  if (fields === undefined) return 'it is no JSON object';
  if (fields.version !== VERSION) return `its version is not ${VERSION}`;
  const publicKey = parsePublicKey(fields.public_key);
  if (publicKey === undefined) return 'public_key must be 64 lower-case hex digits';
  const address = addressOf(publicKey);
  if (fields.address !== address) return 'its address is not that of its public key';
  const sealed = parseSealed(asFields(fields.crypto) ?? {});
  return typeof sealed === 'string' ? sealed : { address, publicKey, sealed };
}

function parseSealed({ kdf, n, r, p, cipher, ...hex }: Fields): SealedSeed | string {
  if (kdf !== 'scrypt') return 'crypto.kdf must be scrypt';
  if (cipher !== CIPHER) return `crypto.cipher must be ${CIPHER}`;
  if (!isCount(n) || n < N_MIN || !Number.isInteger(Math.log2(n))) {
    return `crypto.n must be a power of two, ${N_MIN} or more`;
  }
  if (!isCount(r) || r < 1 || 128 * n * r > MEMORY_BYTES_MAX) {
    return `crypto.r must be such that 128 · n · r is at most ${MEMORY_BYTES_MAX}`;
  }
  if (!isCount(p) || p < 1 || p > P_MAX) return `crypto.p must be 1 to ${P_MAX}`;
  const salt = bytesOf(hex.salt, SALT_BYTES);
  const iv = bytesOf(hex.iv, IV_BYTES);
  const tag = bytesOf(hex.tag, TAG_BYTES);
  const ciphertext = bytesOf(hex.ciphertext, KEY_BYTES);
  if (salt === undefined) return `crypto.salt must be ${SALT_BYTES} bytes as hex digits`;
  if (iv === undefined) return `crypto.iv must be ${IV_BYTES} bytes as hex digits`;
  if (tag === undefined) return `crypto.tag must be ${TAG_BYTES} bytes as hex digits`;
  if (ciphertext === undefined) return `crypto.ciphertext must be ${KEY_BYTES} bytes as hex digits`;
  return { n, r, p, salt, iv, tag, ciphertext };
}

function bytesOf(value: unknown, length: number): Buffer | undefined {
  if (typeof value !== 'string' || value.length !== 2 * length || !/^[0-9a-f]*$/.test(value))
    return undefined;
  return Buffer.from(value, 'hex');
}
