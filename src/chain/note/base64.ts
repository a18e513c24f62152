/** Base 64 (RFC 4648, section 4) in its one canonical form: with padding, without line breaks, unused bits zero. */
import { base64 } from '@scure/base';
import { PROOF_HASHES_MAX } from '../tree/proofs.js';
import { HASH_BYTES } from '../tree/tree.js';

export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** The bytes of a canonical text; undefined for any other. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = base64.decode(text);
    return base64.encode(bytes) === text ? bytes : undefined;
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
