/** Selects the evidence to keep of a faulty block: complete enough to prove the fault, however long the block is. */
import { BlockText, BrokenEntries } from '../../chain/block/block-text.js';
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../../chain/block/block.js';
import { parseHash, toHex } from '../../chain/bytes/bytes.js';
import type { Contract } from '../../chain/contract/contract.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { isFault, type Fault, type FaultCode } from '../../chain/faults.js';
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { parseHeader, type ParentState } from '../../chain/block/verify-block.js';
import { EVIDENCE_CHARACTERS_MAX } from '../../ledger/store.js';
import { isSignedFault } from './blame.js';
import { inTurns } from '../loop/in-turns.js';
import { redacted } from './redacted-evidence.js';
import { refuse, twoStories, type Refusal } from './refusal.js';

export interface BlockContext {
  readonly contract: Contract;
  readonly parent: ParentState;
  /** the upstream's head as advertised */
  readonly shown: SealedHeader;
}

const NOTE =
  'the block is too long to be kept whole: entries that are not needed to judge it are replaced by their ids; the digest covers the whole block';

/**
 * A block of ordinary length is kept as received. Of a longer one, these are kept: its header, the parent's header and
 * tree, the entries that are needed to judge the fault, and the ids of all others, so that anyone can compute the root
 * and see whether the producer signed it.
 */
export async function refuseBlock(fault: Fault, text: string, context: BlockContext): Promise<Refusal> {
  const stories = fault.fault === 'FORKED' ? await twoStoriesOf(text, context) : undefined;
  if (stories !== undefined) {
    return { fault, evidence: { ...refuse(fault, text).evidence, text: stories }, isProducers: true };
  }
  const isProducers = await isSignedFault(fault, text, context.contract, context.parent);
  const refusal = { ...(await withEvidence(fault, text, context)), isProducers };
  return kindOf(context.contract).mayBeErased ? redacted(refusal) : refusal;
}

async function withEvidence(fault: Fault, text: string, context: BlockContext): Promise<Refusal> {
  const refusal = refuse(fault, text);
  if (text.length <= EVIDENCE_CHARACTERS_MAX) return refusal;
  const block = await inTurns(BlockText.read(text, context.contract));
  if (isFault(block)) return refusal;
  return { fault, evidence: { ...refusal.evidence, text: await reduced(fault, block, context) } };
}

/** Evidence of the advertised head and the block that was delivered in its place, if the producer signed both. */
async function twoStoriesOf(text: string, { contract, shown }: BlockContext): Promise<string | undefined> {
  const delivered = await headerOf(text, contract);
  return delivered && twoStories(contract, shown, delivered);
}

/** The header of a block from outside, its form only; undefined if it has none. */
export async function headerOf(text: string, contract: Contract): Promise<SealedHeader | undefined> {
  const block = await inTurns(BlockText.read(text, contract));
  const header = isFault(block) ? block : parseHeader(block.fields);
  return isFault(header) ? undefined : header;
}

async function reduced(fault: Fault, block: BlockText, { contract, parent }: BlockContext): Promise<string> {
  // Faults found before entries are parsed are judged by the header and the number of entries.
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

/** Faults that can only be judged with an earlier entry. */
const BY_ANOTHER = /^(NONCE_REUSED|NOT_RECIPIENT|HOLD_.*)$/;

/**
 * Returns ids, and the needed entries in full: always the one at fault, or the beginning of its text if it is too long to be
 * parsed. An entry without an id is replaced by null, so that the others keep their places.
 */
function* reducedEntries(
  { sequence, fault }: Fault,
  block: BlockText,
  { header: { index, treeSize: first } }: ParentState,
): Generator<void, readonly unknown[], void> {
  const bad = sequence === undefined ? block.count - 1 : sequence - first;
  const wanted = BY_ANOTHER.test(fault) ? yield* entryAt(block, index + 1, first, bad) : undefined;
  const entries: unknown[] = [];
  for (const value of block.entries(index + 1, first)) {
    const place = entries.length;
    if (value instanceof BrokenEntries) {
      if (place === bad) entries.push(block.tooLongText ?? null);
      break;
    }
    const fields = asFields(value);
    const id = parseHash(fields?.id);
    const isNeeded = place === bad || place === bad - 1 || isAbout(fields, wanted, fault);
    // Behind the faulty entry, the first one without an id ends it: a hostile block is not parsed to its end.
    if (id === undefined && place > bad) break;
    entries.push(isNeeded ? value : (id ?? null));
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

/** Whether an entry is needed to judge another one: it used the same nonce, or is the hold that the other would end. */
function isAbout(fields: Fields | undefined, wanted: Fields | undefined, fault: FaultCode): boolean {
  if (fields === undefined || wanted === undefined) return false;
  if (fault === 'NONCE_REUSED') return fields.nonce === wanted.nonce && fields.sender === wanted.sender;
  return (
    typeof wanted.transfer === 'string' &&
    (fields.id === wanted.transfer || fields.transfer === wanted.transfer)
  );
}
