/** Names, ids and texts of the keys that sign notes (C2SP signed-note, "Verifier keys"). */
import { fromHex, hashHex, parsePublicKey, toHex, type PublicKey } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import { fromBase64, toBase64 } from './base64.js';

/** The signature types that are checked here; signatures of others are those of unknown keys. */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;
export type SignatureType = typeof ED25519 | typeof COSIGNATURE_V1;

export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  readonly publicKey: PublicKey;
}

const ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;

/** Not empty, without Unicode spaces, control characters or `+`. */
export function isKeyName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what the standard forbids
  return /^[^\p{White_Space}+\u0000-\u001f]+$/u.test(name) && name.isWellFormed();
}

/** The first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as 8 lower-case hex digits. */
export function keyId({ name, type, publicKey }: VerifierKey): string {
  const head = new TextEncoder().encode(`${name}\n`);
  const bytes = new Uint8Array([...head, type, ...fromHex(publicKey)]);
  return hashHex(sha256(bytes)).slice(0, 2 * ID_BYTES);
}

/** `<name>+<8 hex digits of the id>+<base64(type ‖ public key)>`, also called vkey. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${keyId(key)}+${toBase64(new Uint8Array([key.type, ...fromHex(key.publicKey)]))}`;
}

/** The key in such a text; undefined where the text is none, its id is wrong, or its type is another. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = '', id, material = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  const bytes = fromBase64(material);
  if (bytes?.length !== 1 + PUBLIC_KEY_BYTES || !isKeyName(name)) return undefined;
  const type = bytes[0];
  const publicKey = parsePublicKey(toHex(bytes.subarray(1)));
  if ((type !== ED25519 && type !== COSIGNATURE_V1) || publicKey === undefined) return undefined;
  const key = { name, type, publicKey } as const;
  return keyId(key) === id ? key : undefined;
}
