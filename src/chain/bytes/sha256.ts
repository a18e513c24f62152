/** SHA-256 (FIPS 180-4), synchronous: Node's implementation where available, noble's in a browser. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { nodeProcess } from './node-process.js';

type Sha256 = (data: string | Uint8Array) => Uint8Array;

const nodeCrypto = nodeProcess?.getBuiltinModule?.('node:crypto');

/** @param data bytes, or text that is hashed as UTF-8. @returns 32 bytes. */
export const sha256: Sha256 = chooseSha256();

function chooseSha256(): Sha256 {
  // crypto.hash (Node 20.12) is about twice as fast as createHash for inputs of our size, and twice as fast again with
  // string output: it allocates each Buffer separately, off the heap, while Buffer.from uses a pool.
  const hash = nodeCrypto?.hash;
  if (hash !== undefined) return (data) => Buffer.from(hash('sha256', data, 'binary'), 'latin1');
  return (data) => nobleSha256(typeof data === 'string' ? utf8ToBytes(data) : data);
}
