/** Ed25519 (RFC 8032) with raw keys, synchronous: Node's implementation where available, noble's in a browser. */
import type * as NodeCrypto from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { equalBytes, fromHex, type PublicKey, type Signature } from './bytes.js';
import { nodeProcess } from './node-process.js';

const nodeCrypto = nodeProcess?.getBuiltinModule?.('node:crypto');

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
type Check = (message: Uint8Array, signature: Uint8Array) => boolean;

/** Parsing a key costs as much as a verification: the most recently used are cached, a few kilobytes each. */
const KEYS_KEPT_MAX = 4096;
const checks = new Map<PublicKey, Check>();

/**
 * Whether `signature` is `publicKey`'s signature over `message` (text: its UTF-8). RFC 8032, section 5.1.7, allows two
 * equations; this always uses the one without the cofactor, `R = [S]B - [k]A`, compared as bytes. Returns false, never
 * throws, for a key that isn't the canonical encoding of a point, or whose point is of small order: anyone can sign
 * under such a key.
 */
export function verifySignature(
  publicKey: PublicKey,
  message: string | Uint8Array,
  signature: Signature,
): boolean {
  const bytes = typeof message === 'string' ? utf8ToBytes(message) : message;
  return checkBy(publicKey)(bytes, fromHex(signature));
}

function checkBy(publicKey: PublicKey): Check {
  let check = checks.get(publicKey);
  // Deleted and appended again, so that the map's first key is the least recently used.
  if (check === undefined) check = newCheck(publicKey);
  else checks.delete(publicKey);
  checks.set(publicKey, check);
  if (checks.size > KEYS_KEPT_MAX) checks.delete(checks.keys().next().value as PublicKey);
  return check;
}

function newCheck(publicKey: PublicKey): Check {
  if (!isKey(publicKey)) return () => false;
  return nodeCrypto === undefined ? nobleCheck(publicKey) : nodeCheck(publicKey, nodeCrypto);
}

/** 2^255 - 19, the field's size. */
const P = 2n ** 255n - 19n;
/** The y coordinates of all eight points of small order; each except 1 and -1 belongs to two of them. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

/**
 * Rejects the encodings that OpenSSL accepts and RFC 8032, section 5.1.3, doesn't (a coordinate beyond the field, and
 * the two ways to write a zero with a sign, whose points are of small order), and the points of small order.
 */
export function isKey(publicKey: PublicKey): boolean {
  const y = bytesToNumberLE(fromHex(publicKey)) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER_Y.has(y);
}

/**
 * Imports the key from a JWK (RFC 8037), ten times as fast as from DER. A key that is no point fails at each
 * verification.
 */
function nodeCheck(publicKey: PublicKey, crypto: typeof NodeCrypto): Check {
  const x = Buffer.from(publicKey, 'hex').toString('base64url');
  const key = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return (message, signature) => crypto.verify(null, message, key, signature);
}

/** Uses OpenSSL's equation. noble's own `verify` multiplies by the cofactor, and so accepts other signatures. */
function nobleCheck(publicKey: PublicKey): Check {
  const point = readPoint(publicKey);
  if (point === undefined) return () => false;
  const minusA = point.negate();
  return (message, signature) => {
    const r = signature.subarray(0, 32);
    const s = bytesToNumberLE(signature.subarray(32));
    if (s >= Point.Fn.ORDER) return false;
    const k = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(r, fromHex(publicKey), message))));
    const expected = Point.BASE.multiplyUnsafe(s).add(minusA.multiplyUnsafe(k));
    return equalBytes(expected.toBytes(), r);
  };
}

function readPoint(publicKey: PublicKey): Point | undefined {
  try {
    return Point.fromHex(publicKey);
  } catch {
    return undefined;
  }
}
