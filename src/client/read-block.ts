/** Reads a block from a node's answer, and only as many entries as the signed header allows. */
import { BlockText, BrokenEntries } from '../chain/block/block-text.js';
import { ENTRIES_FIELD } from '../chain/block/block.js';
import type { Hash } from '../chain/bytes/bytes.js';
import { blockEntriesMax, type Contract } from '../chain/contract/contract.js';
import { parseEntry } from '../chain/entry/entry.js';
import { fault } from '../chain/faults.js';
import type { Fields } from '../chain/bytes/fields.js';
import { FaultError } from './errors.js';
import { orThrow, readHead } from './node-chains.js';
import { inTurns } from './patience.js';

/**
 * The block as it is on the wire. Its seal and the form of each entry are checked, and nothing else.
 * @throws FaultError, Stopped
 */
export async function readBlock(
  text: string,
  index: number,
  id: Hash,
  contract: Contract,
  signal: AbortSignal | undefined,
): Promise<Fields> {
  const block = orThrow(await inTurns(BlockText.read(text, contract, index), signal));
  readHead(block.fields, id, contract);
  const max = blockEntriesMax(contract);
  if (block.count > max) {
    const detail = { index, expected: `at most ${max}`, found: String(block.count) };
    throw new FaultError(fault('TOO_MANY_ENTRIES', detail));
  }
  const entries: unknown[] = [];
  for (const value of block.entries(index, 0)) {
    if (value instanceof BrokenEntries) throw new FaultError(value.fault);
    orThrow(parseEntry(value, contract, { index }));
    entries.push(value);
  }
  // If the field is not a list, it is left as it is.
  return block.count === 0 ? block.fields : { ...block.fields, [ENTRIES_FIELD[contract.kind]]: entries };
}
