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
const POOL_BYTES = 4096;

export class RandomTexts {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;

  /** @param fill fills an array with random bytes, which must be unpredictable: a salt hides what it is hashed with */
  constructor(private readonly fill: (bytes: Uint8Array) => void = randomFillSync) {}

  /**
   * A nonce of 21 characters that begins with the time: consecutive nonces are neighbours in the
   * database's index, which grows at its end instead of everywhere.
   * @param now milliseconds since 1970-01-01 UTC
   */
  nonce(now: number): string {
    let nonce = '';
    let rest = now;
    for (let i = 0; i < TIME_CHARACTERS; i++) {
      nonce = characterOf(rest) + nonce;
      rest = Math.floor(rest / 2 ** BITS_PER_CHARACTER);
    }
    const start = this.draw(RANDOM_CHARACTERS);
    for (let at = start; at < start + RANDOM_CHARACTERS; at++) nonce += characterOf(this.pool[at] as number);
    return nonce;
  }

  /** 16 random bytes as 32 hex digits (protocol, section 3). */
  salt(): string {
    const start = this.draw(SALT_BYTES);
    return this.pool.toString('hex', start, start + SALT_BYTES);
  }

  /** Reserves the next bytes of the pool. @returns their offset */
  private draw(bytes: number): number {
    if (this.used + bytes > this.pool.length) {
      this.fill(this.pool);
      this.used = 0;
    }
    this.used += bytes;
    return this.used - bytes;
  }
}

/** The character of the lowest six bits. */
function characterOf(value: number): string {
  return CHARACTERS[value % 2 ** BITS_PER_CHARACTER] as string;
}
