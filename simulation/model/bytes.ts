/** The protocol's bytes (sections 1, 3 and 5), written once more from its text: canonical JSON, hashes, signatures. */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** RFC 8785. JavaScript's own number format and string escapes are those of the RFC; keys are sorted by UTF-16 units. */
export function jcs(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jcs).join(',')}]`;
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${jcs(value[key] ?? null)}`);
  return `{${fields.join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function parseObject(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

/** A field that should be text, for keys and messages; whatever else it is, as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : jcs(value ?? null);
}

export function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** RFC 8410: what comes before the 32 bytes of an Ed25519 public key in DER. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function publicKey(hex: string): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, Buffer.from(hex, 'hex')]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

export function isSignature(key: KeyObject, message: string, signature: Json | undefined): boolean {
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) return false;
  return verify(null, Buffer.from(message), key, Buffer.from(signature, 'hex'));
}

/** What goes beside a leaf on the wire. */
const BESIDE_LEAF = new Set(['id', 'information', 'salt', 'erased']);

/** The leaf of an entry that is in its wire form. */
export function leafOf(entry: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !BESIDE_LEAF.has(key)));
}

/** SHA-256(0x00 ‖ JCS(leaf)), raw. */
export function leafHash(leaf: JsonObject): Buffer {
  return sha256('\0', jcs(leaf));
}
