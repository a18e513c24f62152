/** Ed25519 (RFC 8032) over raw keys, synchronous: Node's own where there is one, noble's in a browser. */
import type * as NodeCrypto from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { equalBytes, fromHex, type PublicKey, type Signature } from './bytes.js';

const nodeCrypto = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.(
  'node:crypto',
);

/** The DER head of an Ed25519 SubjectPublicKeyInfo (RFC 8410, section 4); the 32 raw bytes follow. */
const SPKI_HEAD = '302a300506032b6570032100';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
type Check = (message: Uint8Array, signature: Uint8Array) => boolean;

let last: { readonly publicKey: PublicKey; readonly check: Check } | undefined;

/**
 * Whether `signature` is `publicKey`'s over `message` (text: its UTF-8). RFC 8032, section 5.1.7, leaves a choice;
 * here it is made once for all: the equation without the cofactor, `R = [S]B - [k]A`, compared as bytes.
 * False, never an error, for a key that isn't the one encoding of a point, or whose point is of small order:
 * under such a key anyone can sign.
 */
export function verifySignature(
  publicKey: PublicKey,
  message: string | Uint8Array,
  signature: Signature,
): boolean {
  // Reading a key costs as much as a verification, and a chain has one producer: keep the last.
  if (last?.publicKey !== publicKey) last = { publicKey, check: checkBy(publicKey) };
  const bytes = typeof message === 'string' ? utf8ToBytes(message) : message;
  return last.check(bytes, fromHex(signature));
}

function checkBy(publicKey: PublicKey): Check {
  const point = readPoint(publicKey);
  if (point === undefined) return () => false;
  return nodeCrypto === undefined ? nobleCheck(publicKey, point) : nodeCheck(publicKey, nodeCrypto);
}

/** Both implementations take their keys from here: OpenSSL alone would let encodings pass that RFC 8032 refuses. */
function readPoint(publicKey: PublicKey): Point | undefined {
  try {
    const point = Point.fromHex(publicKey);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}

function nodeCheck(publicKey: PublicKey, crypto: typeof NodeCrypto): Check {
  const key = crypto.createPublicKey({
    key: Buffer.from(SPKI_HEAD + publicKey, 'hex'),
    format: 'der',
    type: 'spki',
  });
  return (message, signature) => crypto.verify(null, message, key, signature);
}

/** OpenSSL's equation. noble's own `verify` multiplies by the cofactor, and so lets other signatures pass. */
function nobleCheck(publicKey: PublicKey, point: Point): Check {
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
