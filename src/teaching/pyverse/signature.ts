/**
 * Wallets and signatures of PyVerse: RSA with 1024 bits, PKCS#1 v1.5, SHA-1. Both are broken: 1024 bits are
 * within reach of anyone with the money (NIST disallowed them after 2013, SP 800-131A), and SHA-1 has had collisions
 * since 2017 (shattered.io), so that one signature can be valid for two texts. They are used because the original
 * accepts nothing else. Never use them for anything of value.
 */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { pyObject } from '../python-json/values.js';
import { orderedDictRepr, type OrderedDictForm } from '../python-json/write.js';
import { FORMS } from './pyverse-rules.js';

const MODULUS_BITS = 1024;
/** A key whose check takes seconds could be used to stop a node. */
const MODULUS_BITS_MAX = 4096;

/** Hex of PKCS#1 DER and of SPKI DER. */
export interface Wallet {
  readonly private_key: string;
  readonly public_key: string;
}

export interface SignedFields {
  readonly sender_address: string;
  readonly recipient_address: string;
  /** as text, in whatever form it was sent */
  readonly value: string;
}

export async function newWallet(): Promise<Wallet> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  return {
    private_key: privateKey.export({ type: 'pkcs1', format: 'der' }).toString('hex'),
    public_key: publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
  };
}

/** The signed text: the OrderedDict as Python prints it. */
function signedText(
  { sender_address, recipient_address, value }: SignedFields,
  form: OrderedDictForm,
): Buffer {
  return Buffer.from(orderedDictRepr(pyObject({ sender_address, recipient_address, value }), form), 'utf8');
}

/** @returns the signature in hex; undefined if the key is invalid */
export function signTransaction(fields: SignedFields, privateKeyHex: string): string | undefined {
  const key = readKey(privateKeyHex, (der) => [
    () => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }),
    () => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  ]);
  if (key === undefined) return undefined;
  return sign('sha1', signedText(fields, 'pairs'), padded(key)).toString('hex');
}

/** Whether the sender signed it, by any version of Python. */
export function isSigned(fields: SignedFields, signatureHex: string): boolean {
  const signature = fromHex(signatureHex);
  const key = readKey(fields.sender_address, (der) => [
    () => createPublicKey({ key: der, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }),
  ]);
  if (key === undefined || signature === undefined) return false;
  return FORMS.some((form) => verify('sha1', signedText(fields, form), padded(key), signature));
}

function padded(key: KeyObject): { key: KeyObject; padding: number } {
  return { key, padding: constants.RSA_PKCS1_PADDING };
}

/** The key in the first form as which it can be parsed, if it is an RSA key of a reasonable size. */
function readKey(hex: string, readers: (der: Buffer) => readonly (() => KeyObject)[]): KeyObject | undefined {
  const der = fromHex(hex);
  if (der === undefined) return undefined;
  for (const read of readers(der)) {
    try {
      const key = read();
      const bits = key.asymmetricKeyDetails?.modulusLength ?? Infinity;
      return key.asymmetricKeyType === 'rsa' && bits <= MODULUS_BITS_MAX ? key : undefined;
    } catch {
      // It does not have this form.
    }
  }
  return undefined;
}

function fromHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}
