/** Limits how much of a block from outside is accepted before it is complete and can be verified. */
import { blockTextMax } from './block-text-max.js';
import { ENTRIES_FIELD } from './block.js';
import { blockEntriesMax, chainId, type Contract } from '../contract/contract.js';
import { isFault } from '../faults.js';
import { asFields, type Fields } from '../bytes/fields.js';
import { parseHeader, verifySeal } from './verify-block.js';

/**
 * The maximum length of a block's text, given its beginning: if that contains a header that the producer signed, the
 * length that the header's number of entries allows; otherwise 0.
 * @param sizeBefore the parent's tree size
 */
export function signedTextMax(beginning: string, contract: Contract, sizeBefore: number): number {
  const at = beginning.indexOf(`,"${ENTRIES_FIELD[contract.kind]}":[`);
  if (at === -1) return 0;
  let fields: Fields | undefined;
  try {
    fields = asFields(JSON.parse(`${beginning.slice(0, at)}}`));
  } catch {
    return 0;
  }
  const header = fields === undefined ? undefined : parseHeader(fields);
  if (header === undefined || isFault(header) || header.chain !== chainId(contract)) return 0;
  if (verifySeal(header, contract) !== undefined) return 0;
  const entries = Math.min(Math.max(0, header.treeSize - sizeBefore), blockEntriesMax(contract));
  return blockTextMax(contract, entries);
}
