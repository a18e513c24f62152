/** Base 64 (RFC 4648, section 4) in its one canonical form: with padding, without line breaks, unused bits zero. */
import { base64 } from '@scure/base';
import { PROOF_HASHES_MAX } from '../tree/proofs.js';
import { HASH_BYTES } from '../tree/tree.js';

/** Bytes turned into characters at a time: more would be too many arguments of one call. */
const BYTES_AT_ONCE = 8192;

export function toBase64(bytes: Uint8Array): string {
  let characters = '';
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE) {
    // Spread would go through an iterator, which takes ten times as long.
    const some = bytes.subarray(from, from + BYTES_AT_ONCE);
    characters += Reflect.apply(String.fromCharCode, undefined, some) as string;
  }
  // Built in, in browsers as in Node: a receipt has some twenty hashes.
  return btoa(characters);
}

/** The bytes of a canonical text; undefined for any other. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = base64.decode(text);
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** The hashes of a proof, one a line; undefined unless each is 32 bytes, and there are no more than a proof can have. */
export function parseHashLines(lines: readonly string[]): readonly Uint8Array[] | undefined {
  if (lines.length > PROOF_HASHES_MAX) return undefined;
  const hashes: Uint8Array[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) return undefined;
    hashes.push(hash);
  }
  return hashes;
}
