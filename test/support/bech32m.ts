/** bech32m as BIP 350's reference code has it, so that the tests' addresses are not made by what they test. */

const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
export const BECH32M = 0x2bc830a3;
/** BIP 173: what bech32m came to replace. */
export const BECH32 = 1;

function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [i, generator] of GENERATOR.entries()) if (((top >> i) & 1) === 1) checksum ^= generator;
  }
  return checksum;
}

function expanded(prefix: string): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Prefix, separator, the words (5 bits each) and their checksum. */
export function bech32(prefix: string, words: readonly number[], constant = BECH32M): string {
  const sum = polymod([...expanded(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ constant;
  const checksum = [25, 20, 15, 10, 5, 0].map((shift) => (sum >> shift) & 31);
  return `${prefix}1${[...words, ...checksum].map((word) => CHARACTERS[word]).join('')}`;
}

/** Bytes as words of 5 bits, the last filled up with zeros. */
export function wordsOf(bytes: Uint8Array): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((word) => Number.parseInt(word.padEnd(5, '0'), 2));
}
