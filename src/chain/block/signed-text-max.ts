/** How much is taken of a block from outside, before all of it is there to be verified. */
import { blockTextMax } from './block-text-max.js';
import { ENTRIES_FIELD } from './block.js';
import { blockEntriesMax, chainId, type Contract } from '../contract/contract.js';
import { isFault } from '../faults.js';
import { asFields, type Fields } from '../bytes/fields.js';
import { parseHeader, verifySeal } from './verify-block.js';

/**
 * How long a block's text may be that begins so, where it begins with a header that the producer signed: as long as so
 * many entries can be. 0 where it doesn't.
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
