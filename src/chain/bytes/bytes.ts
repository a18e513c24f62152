/** Bytes, hexadecimal and the branded names that a parse gives them. */
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

/** The hash in `value`, or undefined when it isn't 64 lower-case hex digits. */
export function parseHash(value: unknown): Hash | undefined {
  return typeof value === 'string' && HEX_32.test(value) ? (value as Hash) : undefined;
}

/** The public key in `value`, or undefined when it isn't 64 lower-case hex digits. */
export function parsePublicKey(value: unknown): PublicKey | undefined {
  return typeof value === 'string' && HEX_32.test(value) ? (value as PublicKey) : undefined;
}

/** The signature in `value`, or undefined when it isn't 128 lower-case hex digits. */
export function parseSignature(value: unknown): Signature | undefined {
  return typeof value === 'string' && HEX_64.test(value) ? (value as Signature) : undefined;
}

const nodeBuffer = nodeProcess?.getBuiltinModule?.('node:buffer')?.Buffer;

/** Lower-case hex digits. Node's own where there are: noble joins them byte by byte, which every entry would pay for. */
export const toHex: (bytes: Uint8Array) => string =
  nodeBuffer === undefined
    ? bytesToHex
    : (bytes) => nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** 32 bytes as a hash's hex digits. */
export function hashHex(bytes: Uint8Array): Hash {
  return toHex(bytes) as Hash;
}

/** Throws on anything but an even number of hex digits: parse at the border first. */
export function fromHex(hex: string): Uint8Array {
  return hexToBytes(hex);
}

/** Compares in time that depends on the lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
