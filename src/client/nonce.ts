/** Creates nonces: identifiers of requests, each of which a node accepts once. */

const NONCE_BYTES = 16;

/** 128 random bits as 22 characters of base64url (RFC 4648, section 5), which are all allowed in a nonce. */
export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
