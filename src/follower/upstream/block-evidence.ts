/** The evidence that is kept of a faulty block: the part that convicts, whole, however long the block is. */
import { BlockText, BrokenEntries } from '../../chain/block/block-text.js';
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../../chain/block/block.js';
import { parseHash, toHex } from '../../chain/bytes/bytes.js';
import type { Contract } from '../../chain/contract/contract.js';
import { isFault, type Fault, type FaultCode } from '../../chain/faults.js';
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { parseHeader, type ParentState } from '../../chain/block/verify-block.js';
import { EVIDENCE_CHARACTERS_MAX } from '../../ledger/store.js';
import { isSignedFault } from './blame.js';
import { inTurns } from '../loop/in-turns.js';
import { refuse, twoHeaders, type Refusal } from './refusal.js';

export interface BlockContext {
  readonly contract: Contract;
  readonly parent: ParentState;
  /** the upstream's head as it showed it */
  readonly shown: SealedHeader;
}

const NOTE =
  'the block is longer than what is kept: entries that it does not take to judge it stand as their ids; the digest is of all of it';

/**
 * A block of ordinary length is kept as it came. Of a longer one stay its header, the parent's header and tree, the
 * entries that it takes to judge the fault, and the ids of all others: so anyone can work out the root that the producer
 * signed, or did not.
 */
export async function refuseBlock(fault: Fault, text: string, context: BlockContext): Promise<Refusal> {
  const isProducers = await isSignedFault(fault, text, context.contract, context.parent);
  return { ...(await withEvidence(fault, text, context)), isProducers };
}

async function withEvidence(fault: Fault, text: string, context: BlockContext): Promise<Refusal> {
  const refusal = refuse(fault, text);
  if (fault.fault !== 'FORKED' && text.length <= EVIDENCE_CHARACTERS_MAX) return refusal;
  const block = await inTurns(BlockText.read(text, context.contract));
  if (isFault(block)) return refusal;
  const kept =
    fault.fault === 'FORKED' ? bothHeaders(block, text, context) : await reduced(fault, block, context);
  return { fault, evidence: { ...refusal.evidence, text: kept ?? refusal.evidence.text } };
}

/** The head that was shown, and the block that was delivered in its place: whole, or its header. */
function bothHeaders(block: BlockText, text: string, { shown }: BlockContext): string | undefined {
  if (text.length <= EVIDENCE_CHARACTERS_MAX)
    return `{"shown":${sealedHeaderText(shown)}},"delivered":${text}}`;
  const header = parseHeader(block.fields);
  return isFault(header) ? undefined : twoHeaders('shown', shown, 'delivered', header);
}

async function reduced(fault: Fault, block: BlockText, { contract, parent }: BlockContext): Promise<string> {
  // Faults that were found before entries were parsed are judged by the header and their number.
  const entries = needsEntries(fault) ? await inTurns(reducedEntries(fault, block, parent)) : [];
  const evidence = {
    note: NOTE,
    block: { ...block.fields, [ENTRIES_FIELD[contract.kind]]: entries },
    entries: block.count,
    parent: JSON.parse(`${sealedHeaderText(parent.header)}}`) as unknown,
    frontier: parent.frontier.subtrees().map(toHex),
  };
  return JSON.stringify(evidence);
}

const OF_ALL_ENTRIES: ReadonlySet<FaultCode> = new Set(['TREE_ROOT_MISMATCH', 'TIMESTAMP_BACKWARDS']);
const needsEntries = ({ fault, sequence }: Fault): boolean =>
  sequence !== undefined || OF_ALL_ENTRIES.has(fault);

/** Faults that are judged by an earlier entry. */
const BY_ANOTHER = /^(NONCE_REUSED|NOT_RECIPIENT|HOLD_.*)$/;

/** Ids, and the entries that are needed in full; up to the first one that has no id, if that isn't the one at fault. */
function* reducedEntries(
  { sequence, fault }: Fault,
  block: BlockText,
  { header: { index, treeSize: first } }: ParentState,
): Generator<void, readonly unknown[], void> {
  const bad = sequence === undefined ? block.count - 1 : sequence - first;
  const wanted = BY_ANOTHER.test(fault) ? yield* entryAt(block, index + 1, first, bad) : undefined;
  const entries: unknown[] = [];
  for (const value of block.entries(index + 1, first)) {
    if (value instanceof BrokenEntries) break;
    const place = entries.length;
    const fields = asFields(value);
    const id = parseHash(fields?.id);
    const isNeeded = place === bad || place === bad - 1 || isAbout(fields, wanted, fault);
    if (id === undefined && place !== bad) break;
    entries.push(isNeeded ? value : id);
    if (place % 256 === 255) yield;
  }
  return entries;
}

function* entryAt(
  block: BlockText,
  index: number,
  first: number,
  place: number,
): Generator<void, Fields | undefined, void> {
  let at = 0;
  for (const value of block.entries(index, first)) {
    if (value instanceof BrokenEntries) return undefined;
    if (at === place) return asFields(value);
    if (++at % 256 === 0) yield;
  }
  return undefined;
}

/** Whether an entry is what another one is judged by: the one that had its nonce before, or the hold that it would end. */
function isAbout(fields: Fields | undefined, wanted: Fields | undefined, fault: FaultCode): boolean {
  if (fields === undefined || wanted === undefined) return false;
  if (fault === 'NONCE_REUSED') return fields.nonce === wanted.nonce && fields.sender === wanted.sender;
  return (
    typeof wanted.transfer === 'string' &&
    (fields.id === wanted.transfer || fields.transfer === wanted.transfer)
  );
}
