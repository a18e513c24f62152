/**
 * Addresses of signed wallets (protocol, section 7): bech32m (BIP 350) over a version byte and a hash of the public
 * key.
 */
import { bech32m } from '@scure/base';
import { fromHex, type PublicKey } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';

export const ADDRESS_PREFIX = 'bp';
const VERSION = 0;
const KEY_HASH_BYTES = 20;
/** 34 words hold 21 bytes; the prefix, separator and checksum add 9 characters. */
const ADDRESS_CHARACTERS = ADDRESS_PREFIX.length + 1 + 34 + 6;

/** The rest of a refusal's sentence, after the field's name. */
export const ADDRESS_EXPECTED = `must be a wallet's address: ${ADDRESS_PREFIX}1 followed by ${ADDRESS_CHARACTERS - 3} characters, with a valid checksum`;

/** The address of the wallet that belongs to this key. */
export function addressOf(publicKey: PublicKey): string {
  const bytes = new Uint8Array(1 + KEY_HASH_BYTES);
  bytes[0] = VERSION;
  bytes.set(sha256(fromHex(publicKey)).subarray(0, KEY_HASH_BYTES), 1);
  return bech32m.encode(ADDRESS_PREFIX, bech32m.toWords(bytes));
}

/**
 * Whether `value` is an address in its only valid form, lower case. Up to four wrong characters are always detected.
 */
export function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== ADDRESS_CHARACTERS) return false;
  if (value !== value.toLowerCase()) return false;
  const decoded = bech32m.decodeUnsafe(value);
  if (decoded?.prefix !== ADDRESS_PREFIX) return false;
  const bytes = bech32m.fromWordsUnsafe(decoded.words);
  return bytes instanceof Uint8Array && bytes.length === 1 + KEY_HASH_BYTES && bytes[0] === VERSION;
}
