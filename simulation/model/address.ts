/** Addresses of signed wallets (section 7): bech32m (BIP 350) over a version byte and 20 bytes of the key's hash. */
import { sha256 } from './bytes.js';

const PREFIX = 'bp';
const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const BECH32M = 0x2bc830a3;

export function addressOf(publicKey: string): string {
  const keyHash = sha256(Buffer.from(publicKey, 'hex')).subarray(0, 20);
  const words = fiveBits(Buffer.concat([Buffer.of(0), keyHash]));
  const prefix = [...PREFIX].map((letter) => letter.charCodeAt(0));
  const expanded = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31)];
  const checksum = polymod([...expanded, ...words, 0, 0, 0, 0, 0, 0]) ^ BECH32M;
  const tail = [25, 20, 15, 10, 5, 0].map((shift) => (checksum >>> shift) & 31);
  return `${PREFIX}1${[...words, ...tail].map((word) => ALPHABET.charAt(word)).join('')}`;
}

function fiveBits(bytes: Uint8Array): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((word) => parseInt(word.padEnd(5, '0'), 2));
}

function polymod(words: readonly number[]): number {
  let checksum = 1;
  for (const word of words) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ word;
    GENERATOR.forEach((value, bit) => {
      if ((top >>> bit) & 1) checksum ^= value;
    });
  }
  return checksum;
}
