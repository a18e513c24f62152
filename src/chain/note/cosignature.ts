/** Timestamped Ed25519 cosignatures of checkpoints (C2SP tlog-cosignature 1.0.1, cosignature/v1). */
import { fromHex, parseSignature, toHex, type Signature } from '../bytes/bytes.js';

export interface Cosignature {
  /** POSIX seconds */
  readonly time: number;
  readonly signature: Signature;
}

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** The text that a cosigner signs: two lines, and the checkpoint's text without its signatures. */
export function cosignedText(time: number, checkpointText: string): string {
  return `cosignature/v1\ntime ${time}\n${checkpointText}`;
}

/** time (uint64 big-endian) ‖ signature: the bytes of its line after the key's id. */
export function cosignatureBytes({ time, signature }: Cosignature): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES + SIGNATURE_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  bytes.set(fromHex(signature), TIME_BYTES);
  return bytes;
}

/** The cosignature in those bytes; undefined for another length, and for a time that a double can't hold. */
export function cosignatureOf(bytes: Uint8Array): Cosignature | undefined {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  const signature = parseSignature(toHex(bytes.subarray(TIME_BYTES)));
  return Number.isSafeInteger(time) && signature !== undefined ? { time, signature } : undefined;
}
