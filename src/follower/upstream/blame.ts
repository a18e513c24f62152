/**
 * Determines whose fault a bad block is: the upstream's that sent it, or the producer's, which signed a violation of a
 * rule.
 */
import { BlockText, BrokenEntries } from '../../chain/block/block-text.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { hashHex } from '../../chain/bytes/bytes.js';
import { blockEntriesMax, type Contract } from '../../chain/contract/contract.js';
import { entryId } from '../../chain/entry/entry.js';
import { isFault, type Fault, type FaultCode } from '../../chain/faults.js';
import { asFields } from '../../chain/bytes/fields.js';
import { canonicalJson, JsonError } from '../../chain/bytes/json.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { parseHeader, verifySeal, type ParentState } from '../../chain/block/verify-block.js';
import { inTurns } from '../loop/in-turns.js';

/** Faults of the text alone: the way in which a block is written is not signed. */
const OF_THE_TEXT: ReadonlySet<FaultCode> = new Set(['MALFORMED', 'TOO_LARGE', 'INFORMATION_HASH_MISMATCH']);
/** Fields outside an entry's leaf, which no root covers. */
const OUTSIDE_LEAF = ['id', 'information', 'salt', 'erased'];
const ENTRIES_PER_TURN = 256;

/**
 * Whether the producer provably signed the fault: the header by itself breaks a rule, or its root covers the entries.
 * Entries that the root doesn't cover may come from anybody.
 */
export async function isSignedFault(
  { fault, field = '' }: Fault,
  text: string,
  contract: Contract,
  parent: ParentState,
): Promise<boolean> {
  // A fork is judged by both headers, of which this block has one: see block-evidence.ts.
  if (fault === 'FORKED') return false;
  // An entry that is not an object has no leaf that could have been signed.
  if (OF_THE_TEXT.has(fault) || field === 'entry') return false;
  const block = await inTurns(BlockText.read(text, contract));
  if (isFault(block)) return false;
  const header = parseHeader(block.fields);
  const before = parent.header;
  if (isFault(header) || header.chain !== before.chain || header.index !== before.index + 1) return false;
  if (verifySeal(header, contract) !== undefined) return false;
  if (header.previousHash !== before.hash || header.timestamp < before.timestamp) return true;
  const count = header.treeSize - before.treeSize;
  if (count < 0 || count > blockEntriesMax(contract)) return true;
  const isOfLeaf = kindOf(contract).hasBooks ? field !== 'id' : !OUTSIDE_LEAF.includes(field);
  return isOfLeaf && count === block.count && (await inTurns(namesLeaves(header, block, contract, parent)));
}

/** Whether the header's root is that of the tree with these entries' leaves. */
function* namesLeaves(
  header: SealedHeader,
  block: BlockText,
  contract: Contract,
  parent: ParentState,
): Generator<void, boolean, void> {
  const tree = parent.frontier.clone();
  const outside = kindOf(contract).hasBooks ? ['id'] : OUTSIDE_LEAF;
  for (const value of block.entries(header.index, parent.header.treeSize)) {
    const leaf = value instanceof BrokenEntries ? undefined : leafText(value, outside);
    if (leaf === undefined) return false;
    tree.append(entryId(leaf));
    if (tree.size % ENTRIES_PER_TURN === 0) yield;
  }
  return hashHex(tree.root()) === header.treeRoot;
}

function leafText(entry: unknown, outside: readonly string[]): string | undefined {
  const fields = asFields(entry);
  if (fields === undefined) return undefined;
  try {
    return canonicalJson(
      Object.fromEntries(Object.entries(fields).filter(([name]) => !outside.includes(name))),
    );
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
