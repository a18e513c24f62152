/** Bytes, hexadecimal strings, and branded types for parsed values. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { nodeProcess } from './node-process.js';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A SHA-256 hash as 64 lower-case hex digits. */
export type Hash = Branded<string, 'Hash'>;
/** A raw Ed25519 public key (RFC 8032) as 64 lower-case hex digits. */
export type PublicKey = Branded<string, 'PublicKey'>;
/** A raw Ed25519 signature (RFC 8032) as 128 lower-case hex digits. */
export type Signature = Branded<string, 'Signature'>;

const HEX_32 = /^[0-9a-f]{64}$/;
const HEX_64 = /^[0-9a-f]{128}$/;

/** The hash in `value`, or undefined if it isn't 64 lower-case hex digits. */
export function parseHash(value: unknown): Hash | undefined {
  return typeof value === 'string' && HEX_32.test(value) ? (value as Hash) : undefined;
}

/** The public key in `value`, or undefined if it isn't 64 lower-case hex digits. */
export function parsePublicKey(value: unknown): PublicKey | undefined {
  return typeof value === 'string' && HEX_32.test(value) ? (value as PublicKey) : undefined;
}

/** The signature in `value`, or undefined if it isn't 128 lower-case hex digits. */
export function parseSignature(value: unknown): Signature | undefined {
  return typeof value === 'string' && HEX_64.test(value) ? (value as Signature) : undefined;
}

const nodeBuffer = nodeProcess?.getBuiltinModule?.('node:buffer')?.Buffer;

/** Lower-case hex digits. Uses Node's Buffer where available: noble joins them byte by byte, a cost for every entry. */
export const toHex: (bytes: Uint8Array) => string =
  nodeBuffer === undefined
    ? bytesToHex
    : (bytes) => nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** The hex digits of a 32-byte hash. */
export function hashHex(bytes: Uint8Array): Hash {
  return toHex(bytes) as Hash;
}

/** Throws on anything other than an even number of hex digits: parse at the border first. */
export function fromHex(hex: string): Uint8Array {
  return hexToBytes(hex);
}

/** Compares in time that depends only on the lengths. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
