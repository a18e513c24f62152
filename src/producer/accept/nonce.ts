/** Creates a producer's random values: nonces for clients that send none, and salts. */
import { randomFillSync } from 'node:crypto';

/** The characters of base64url (RFC 4648, section 5), all allowed in a nonce, in the order of their codes. */
const CHARACTERS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const BITS_PER_CHARACTER = 6;
/** 42 bits of milliseconds: until the year 2109; then only the order starts over. */
const TIME_CHARACTERS = 7;
/** 84 bits: two nonces of the same millisecond will never be equal. */
const RANDOM_CHARACTERS = 14;
const SALT_BYTES = 16;

/** Random bytes are drawn in advance: a call for one nonce's few bytes takes five times as long as the rest of the nonce. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/**
 * A nonce of 21 characters that begins with the time: consecutive nonces are neighbours in the
 * database's index, which grows at its end instead of everywhere.
 * @param now milliseconds since 1970-01-01 UTC
 */
export function newNonce(now: number): string {
  let nonce = '';
  let rest = now;
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    nonce = characterOf(rest) + nonce;
    rest = Math.floor(rest / 2 ** BITS_PER_CHARACTER);
  }
  const start = draw(RANDOM_CHARACTERS);
  for (let at = start; at < start + RANDOM_CHARACTERS; at++) nonce += characterOf(pool[at] as number);
  return nonce;
}

/** 16 random bytes as 32 hex digits (protocol, section 3). */
export function newSalt(): string {
  const start = draw(SALT_BYTES);
  return pool.toString('hex', start, start + SALT_BYTES);
}

/** The character of the lowest six bits. */
function characterOf(value: number): string {
  return CHARACTERS[value % 2 ** BITS_PER_CHARACTER] as string;
}

/** Reserves the next bytes of the pool. @returns their offset */
function draw(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}
