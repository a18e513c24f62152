/**
 * The forms of an entry's fields (protocol, section 3), shared by the code that writes entries and the code that checks
 * them.
 */

/** Characters (Unicode code points) in a wallet's name, at most. */
export const NAME_CHARACTERS_MAX = 128;
/** Bytes (UTF-8) in a memo, at most. */
export const MEMO_BYTES_MAX = 256;
/** Bytes of an information record's canonical JSON, at most. */
export const INFORMATION_BYTES_MAX = 65_536;

export const NONCE = /^[A-Za-z0-9._:-]{1,64}$/;

/** The rest of a refusal's sentence, after the field's name. */
export const NAME_EXPECTED = `must be 1 to ${NAME_CHARACTERS_MAX} characters, without control characters and without white space at either end`;
export const NONCE_EXPECTED = 'must be 1 to 64 characters of A-Z a-z 0-9 . _ : -';
export const TIME_EXPECTED = 'must be a time in milliseconds since 1970, as a whole number';
export const MEMO_EXPECTED = `must be a string of at most ${MEMO_BYTES_MAX} bytes in UTF-8`;

const CONTROL_OR_EDGE_SPACE = /\p{Cc}|^\p{White_Space}|\p{White_Space}$/u;

/** A sender or a recipient. */
export function isName(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0) return false;
  // A code point has at most two UTF-16 units: count the characters only where that matters.
  if (value.length > NAME_CHARACTERS_MAX) {
    if (value.length > 2 * NAME_CHARACTERS_MAX) return false;
    if ([...value].length > NAME_CHARACTERS_MAX) return false;
  }
  return value.isWellFormed() && !CONTROL_OR_EDGE_SPACE.test(value);
}

export function isNonce(value: unknown): value is string {
  return typeof value === 'string' && NONCE.test(value);
}

export function isMemo(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && utf8Length(value) <= MEMO_BYTES_MAX;
}

/** The length of well-formed text in UTF-8 bytes. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A surrogate pair is 2 units and 4 bytes: each half adds one byte to its unit.
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return length;
}
