/** Addresses of signed wallets, for callers: keys come in as plain hex. */
import { addressOf as addressOfKey, isAddress } from '../chain/entry/address.js';
import { parsePublicKey } from '../chain/bytes/bytes.js';
import { invalid } from './errors.js';

export { isAddress };

/**
 * The address of the wallet whose holder has this key.
 * @param publicKey 64 lower-case hex digits
 * @throws InvalidRequestError
 */
export function addressOf(publicKey: string): string {
  const key = parsePublicKey(publicKey);
  if (key === undefined) throw invalid('publicKey', 'must be 64 lower-case hex digits');
  return addressOfKey(key);
}
