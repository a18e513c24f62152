/**
 * A wallet's key in a file, as `bpsc wallet` writes it: encrypted with a passphrase. Made and opened by this page; the key
 * and the passphrase leave it for nowhere.
 */
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { fromHex, parsePublicKey, toHex } from '../../../src/chain/bytes/bytes.js';
import { asFields, isCount, type Fields } from '../../../src/chain/bytes/fields.js';
import { canonicalJson } from '../../../src/chain/bytes/json.js';
import { KeySigner } from '../../../src/client/signer.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 32;
/** NIST SP 800-38D, section 8.2.2: random, of 96 bits; each key seals one message. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** RFC 7914: 128 MiB, and a second or two in a browser. */
const COST = { n: 2 ** 17, r: 8, p: 1 };
const N_MIN = 2 ** 14;
const MEMORY_BYTES_MAX = 512 * 1024 * 1024;
const P_MAX = 4;

/** What the holder can do something about; the message is shown as it is. */
export class KeyFileError extends Error {}

interface Header {
  readonly address: string;
  readonly publicKey: string;
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly iv: string;
}

/** Whether this page may encrypt: browsers allow it on https, and on the machine itself. */
export function canEncrypt(): boolean {
  return 'subtle' in crypto;
}

/** Makes a key. @returns its signer, and the file's text: who loses that, or its passphrase, loses the wallet */
export async function makeKeyFile(passphrase: string) {
  const { signer, seed } = KeySigner.generate();
  try {
    return { signer, text: await sealed(seed, signer, passphrase) };
  } finally {
    seed.fill(0);
  }
}

async function sealed(seed: Uint8Array, signer: KeySigner, passphrase: string): Promise<string> {
  const random = (length: number): string => toHex(crypto.getRandomValues(new Uint8Array(length)));
  const { address, publicKey } = signer;
  const head: Header = { address, publicKey, ...COST, salt: random(SALT_BYTES), iv: random(IV_BYTES) };
  const key = await keyOf(passphrase, head, 'encrypt');
  const bytes = new Uint8Array(await crypto.subtle.encrypt(algorithm(head), key, Uint8Array.from(seed)));
  const fields = fieldsOf(head);
  const ciphertext = toHex(bytes.subarray(0, KEY_BYTES));
  const tag = toHex(bytes.subarray(KEY_BYTES));
  return `${JSON.stringify({ ...fields, crypto: { ...fields.crypto, tag, ciphertext } }, undefined, 2)}\n`;
}

/** @throws KeyFileError for a file that is no wallet, and for a wrong passphrase */
export async function openKeyFile(text: string, passphrase: string): Promise<KeySigner> {
  const { head, tag, ciphertext } = parsed(text);
  const key = await keyOf(passphrase, head, 'decrypt');
  let seed: Uint8Array;
  try {
    seed = new Uint8Array(
      await crypto.subtle.decrypt(algorithm(head), key, Uint8Array.from(fromHex(ciphertext + tag))),
    );
  } catch {
    throw new KeyFileError('The passphrase is wrong, or the file was changed.');
  }
  const signer = new KeySigner(seed);
  seed.fill(0);
  if (signer.publicKey === head.publicKey) return signer;
  throw new KeyFileError('The file holds another key than it says.');
}

/** The public fields: they are authenticated with the key, so a changed address or cost is detected. */
function fieldsOf({ address, publicKey, n, r, p, salt, iv }: Header): { readonly crypto: Fields } & Fields {
  const crypto = { kdf: 'scrypt', n, r, p, salt, cipher: CIPHER, iv };
  return { version: 1, address, public_key: publicKey, crypto };
}

function algorithm(head: Header) {
  return {
    name: 'AES-GCM',
    iv: Uint8Array.from(fromHex(head.iv)),
    additionalData: new TextEncoder().encode(canonicalJson(fieldsOf(head))),
  };
}

async function keyOf(passphrase: string, { n, r, p, salt }: Header, use: 'encrypt' | 'decrypt') {
  // Other systems may enter the same letters as other code points.
  const secret = passphrase.normalize('NFKC');
  const maxmem = 128 * r * (n + p + 2) + 1024;
  const key = await scryptAsync(secret, fromHex(salt), { N: n, r, p, dkLen: KEY_BYTES, maxmem });
  return crypto.subtle.importKey('raw', Uint8Array.from(key), 'AES-GCM', false, [use]);
}

function parsed(text: string): { readonly head: Header; readonly tag: string; readonly ciphertext: string } {
  let fields: Fields | undefined;
  try {
    fields = asFields(JSON.parse(text));
  } catch {
    fields = undefined;
  }
  const publicKey = parsePublicKey(fields?.public_key);
  const { kdf, cipher, n, r, p, ...hex } = asFields(fields?.crypto) ?? {};
  if (fields?.version !== 1 || publicKey === undefined || kdf !== 'scrypt' || cipher !== CIPHER) {
    throw new KeyFileError(
      'This is not a wallet of version 1: choose a file that bpsc wallet or this page made.',
    );
  }
  const isAffordable =
    isCount(n) &&
    n >= N_MIN &&
    Number.isInteger(Math.log2(n)) &&
    isCount(r) &&
    r >= 1 &&
    isCount(p) &&
    p >= 1;
  if (!isAffordable || 128 * n * r > MEMORY_BYTES_MAX || p > P_MAX) {
    throw new KeyFileError(
      'Its crypto.n, crypto.r and crypto.p are out of the range that a wallet may have.',
    );
  }
  const [salt, iv] = [bytesIn(hex, 'salt', SALT_BYTES), bytesIn(hex, 'iv', IV_BYTES)];
  const head = { address: String(fields.address), publicKey, n, r, p, salt, iv };
  return { head, tag: bytesIn(hex, 'tag', TAG_BYTES), ciphertext: bytesIn(hex, 'ciphertext', KEY_BYTES) };
}

function bytesIn(fields: Fields, name: string, length: number): string {
  const value = fields[name];
  if (typeof value === 'string' && value.length === 2 * length && /^[0-9a-f]*$/.test(value)) return value;
  throw new KeyFileError(`Its crypto.${name} must be ${length} bytes as hex digits.`);
}
