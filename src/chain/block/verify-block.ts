/** Verification of a block against its contract and its parent (protocol, section 6). */
import {
  blockHash,
  ENTRIES_FIELD,
  genesisHeader,
  signedText,
  type BlockHeader,
  type SealedHeader,
} from './block.js';
import { isTokenContract, isTransaction } from '../contract/kinds.js';
import { BlockText, BrokenEntries } from './block-text.js';
import { Book, type BookSource } from '../books/book.js';
import { hashHex, parseHash, parseSignature, type Hash } from '../bytes/bytes.js';
import { blockEntriesMax, chainId, PROTOCOL_VERSION, type Contract } from '../contract/contract.js';
import { verifySignature } from '../bytes/ed25519.js';
import { leafOf, parseEntry, senderOf, type Entry, type InformationEntry } from '../entry/entry.js';
import { ErasureRules, type ErasureTarget } from '../entry/erasure-rules.js';
import { fault, shown, type Fault, type FaultCode, type FaultDetail } from '../faults.js';
import { asFields, isCount, unknownField, type Fields } from '../bytes/fields.js';
import { Frontier } from '../tree/tree.js';
import { badSignature, WalletRules, type SignatureCheck } from '../books/wallet-rules.js';

/** The verified state of the chain up to the previous block. */
export interface ParentState {
  readonly header: SealedHeader;
  /** the tree at the parent; verification does not change it */
  readonly frontier: Frontier;
  /** the last entry's time; undefined when the chain has none yet */
  readonly lastEntryTimestamp: number | undefined;
}

export interface VerifyInput {
  readonly contract: Contract;
  /** undefined for the genesis block */
  readonly parent: ParentState | undefined;
  /** a block's wire form: its text, or the value parsed from it */
  readonly block: unknown;
  /** Whether an entry before this block has this nonce (of this sender on a token chain; elsewhere `sender` is ""). */
  readonly nonceUsed: (sender: string, nonce: string) => boolean;
  /**
   * A token chain's wallets and holds at the parent, which verification does not change; undefined for a genesis block
   * and for an information chain. `unchecked` skips the rules that need them, for callers that have a single block;
   * signatures are still checked.
   */
  readonly books: BookSource | undefined | 'unchecked';
  /**
   * What an id names on an information chain before this block; only asked for ids that an erasure names. Without it,
   * what an erasure names is only checked within the block, for callers that have a single block.
   */
  readonly erasureTarget?: ((id: Hash) => ErasureTarget) | undefined;
  /** checks a holder's signature; default: {@link verifySignature} */
  readonly checkSignature?: SignatureCheck;
  /** a further check of a header that the producer signed, made before a text's entries are parsed */
  readonly checkHeader?: ((header: SealedHeader) => Fault | undefined) | undefined;
}

/** A block without a fault, as the parent of the next one. */
export interface VerifiedBlock extends ParentState {
  readonly entries: readonly Entry[];
  /** a token chain's wallets and holds after this block, as a layer over those at the parent, if they were given */
  readonly book: Book | undefined;
}

/** Entries between two steps: a few milliseconds of work. */
const ENTRIES_PER_STEP = 256;

/**
 * Verifies a block in steps: the caller may do something else between them, and receives the number of entries verified
 * so far. Returns the verified block or the first fault; checks run in the protocol's order, cheap before expensive.
 *
 * If the block is text, its seal is checked before any entry is parsed, so that only the producer can make a follower
 * do that work; the checks that only apply to text come last.
 */
export function* verifyBlockSteps(input: VerifyInput): Generator<number, VerifiedBlock | Fault, void> {
  const { contract, parent, block } = input;
  const isText = block instanceof BlockText;
  const shape = isText ? parseTextShape(block, contract, parent) : parseBlockShape(block, contract);
  if ('fault' in shape) return shape;
  const { header, count, values } = shape;
  const wrong =
    checkPlace(header, contract, parent) ??
    checkCount(header, count, contract, parent) ??
    (isText ? (verifySeal(header, contract) ?? input.checkHeader?.(header)) : undefined);
  if (wrong !== undefined) return wrong;
  yield 0;

  const entries: Entry[] = [];
  const verifier = new EntryVerifier(input, header);
  for (const value of values) {
    if (value instanceof BrokenEntries) return value.fault;
    const entry = verifier.take(value);
    if ('fault' in entry) return entry;
    entries.push(entry);
    if (entries.length % ENTRIES_PER_STEP === 0) yield entries.length;
  }
  const end = verifier.end();
  const ending = checkEntries(header, end) ?? (isText ? undefined : verifySeal(header, contract));
  if (ending !== undefined) return ending;
  if (!isText) return { header, entries, ...end };
  for (const steps = block.check(header, entries); ; yield entries.length) {
    const { done, value } = steps.next();
    if (done === true) return value ?? { header, entries, ...end };
  }
}

/** Runs {@link verifyBlockSteps} to the end. */
export function verifyBlock(input: VerifyInput): VerifiedBlock | Fault {
  const steps = verifyBlockSteps(input);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The state after the entries of a block. */
export type EntriesEnd = Pick<VerifiedBlock, 'frontier' | 'lastEntryTimestamp' | 'book'>;

/** Verifies the entries of a block one by one; the header need not be known yet. */
export class EntryVerifier {
  private readonly frontier: Frontier;
  private readonly rules: WalletRules | undefined;
  private readonly erasures: ErasureRules;
  private readonly nonces = new Set<string>();
  private lastTimestamp: number | undefined;

  /** @param block the chain of the block and its index */
  constructor(
    private readonly input: Omit<VerifyInput, 'block'>,
    private readonly block: Pick<BlockHeader, 'chain' | 'index'>,
  ) {
    this.frontier = input.parent?.frontier.clone() ?? Frontier.empty();
    this.rules = rulesFor(input, block.chain);
    this.erasures = new ErasureRules(input.erasureTarget ?? (() => 'record'));
    this.lastTimestamp = input.parent?.lastEntryTimestamp;
  }

  /** Verifies the next entry, given its wire form parsed from JSON. After a fault no other may be taken. */
  take(value: unknown): Entry | Fault {
    const { contract, nonceUsed } = this.input;
    const place = { index: this.block.index, sequence: this.frontier.size };
    const entry = parseEntry(value, contract, place);
    if ('fault' in entry) return entry;
    const sender = senderOf(entry);
    const { nonce, timestamp } = leafOf(entry);
    const key = `${nonce}\n${sender}`; // a nonce has no line feed, so no two pairs share a key
    if (this.nonces.has(key) || nonceUsed(sender, nonce)) {
      return fault('NONCE_REUSED', { ...place, field: 'nonce', expected: 'a new nonce', found: nonce });
    }
    if (this.lastTimestamp !== undefined && timestamp < this.lastTimestamp) {
      return late('ENTRY_TIMESTAMP_BACKWARDS', place, this.lastTimestamp, timestamp);
    }
    const broken = isTransaction(entry) ? this.rules?.take(entry, place) : this.takeInformation(entry, place);
    if (broken !== undefined) return broken;
    this.nonces.add(key);
    this.lastTimestamp = timestamp;
    this.frontier.append(entry.id);
    return entry;
  }

  private takeInformation({ id, leaf }: InformationEntry, place: FaultDetail): Fault | undefined {
    if (leaf.type === 'information') {
      this.erasures.takeRecord(id);
      return undefined;
    }
    const { erases } = leaf;
    const broken = this.erasures.takeErasure(hashHex(id), erases);
    if (broken === undefined) return undefined;
    const expected = 'an earlier record of the chain that is not erased';
    return fault(broken, { ...place, field: 'erases', expected, found: erases });
  }

  /** The state after the entries so far. */
  end(): EntriesEnd {
    const { frontier, lastTimestamp: lastEntryTimestamp, rules } = this;
    return { frontier, lastEntryTimestamp, book: rules?.book };
  }
}

/**
 * Verifies the header of a block whose entries an {@link EntryVerifier} has taken without a fault: everything that
 * {@link verifyBlock} checks apart from entries.
 * @param wire the block's wire form without its entries
 */
export function verifyHeader(
  wire: Fields,
  contract: Contract,
  parent: ParentState,
  end: EntriesEnd,
): SealedHeader | Fault {
  const header = openHeader(wire, contract, parent, end.frontier.size - parent.header.treeSize);
  return 'fault' in header ? header : (checkEntries(header, end) ?? header);
}

/**
 * Checks everything that a block's header and its number of entries can show: the producer signed it, and it builds on
 * its parent.
 * @param wire the block's wire form without its entries
 */
export function openHeader(
  wire: Fields,
  contract: Contract,
  parent: ParentState,
  count: number,
): SealedHeader | Fault {
  const header = parseHeader(wire);
  if ('fault' in header) return header;
  return (
    checkPlace(header, contract, parent) ??
    checkCount(header, count, contract, parent) ??
    verifySeal(header, contract) ??
    header
  );
}

function rulesFor(
  { contract, parent, books, checkSignature }: Omit<VerifyInput, 'block'>,
  chain: Hash,
): WalletRules | undefined {
  if (!isTokenContract(contract)) return undefined;
  if (parent === undefined) return new WalletRules(contract, chain, Book.genesis(contract), checkSignature);
  if (books === undefined) {
    throw new TypeError('verifying a block of a token chain requires the books at its parent');
  }
  const book = books === 'unchecked' ? undefined : new Book(books, contract);
  return new WalletRules(contract, chain, book, checkSignature);
}

const HEADER_FIELDS = [
  'chain',
  'hash',
  'index',
  'previous_hash',
  'signature',
  'timestamp',
  'tree_root',
  'tree_size',
  'version',
];
/** On the papers' route chain2's blocks also have `index2`; on the canonical routes they never do. */
const BLOCK_FIELDS = {
  token: new Set([...HEADER_FIELDS, ENTRIES_FIELD.token]),
  information: new Set([...HEADER_FIELDS, ENTRIES_FIELD.information]),
};

/** A block's well-formed header and its entries, of which nothing is checked yet. */
interface BlockShape {
  readonly header: SealedHeader;
  readonly count: number;
  readonly values: Iterable<unknown>;
}

/** Does not parse any entry yet. */
function parseTextShape(
  text: BlockText,
  contract: Contract,
  parent: ParentState | undefined,
): BlockShape | Fault {
  const shape = parseBlockShape(text.fields, contract);
  if ('fault' in shape) return shape;
  const { header } = shape;
  const values = text.entries(header.index, parent?.header.treeSize ?? 0);
  return { header, count: text.count, values };
}

function parseBlockShape(value: unknown, contract: Contract): BlockShape | Fault {
  const fields = asFields(value);
  if (fields === undefined) return malformed({}, 'block', 'an object', value);
  const header = parseHeader(fields);
  if ('fault' in header) return header;
  const place = { index: header.index };
  const extra = unknownField(fields, BLOCK_FIELDS[contract.kind]);
  if (extra !== undefined) return malformed(place, extra, 'no such field', fields[extra]);
  const name = ENTRIES_FIELD[contract.kind];
  const entries = fields[name];
  if (!Array.isArray(entries)) return malformed(place, name, 'an array', entries);
  return { header, count: entries.length, values: entries };
}

/**
 * Parses the sealed header of a block or a head from outside. Only its fields' forms are checked; nothing is proven.
 */
export function parseHeader(fields: Fields): SealedHeader | Fault {
  if (!isCount(fields.index) || fields.index < 1) {
    return malformed({}, 'index', 'a whole number from 1', fields.index);
  }
  const place = { index: fields.index };
  if (fields.version !== PROTOCOL_VERSION) {
    return fault('VERSION_MISMATCH', {
      ...place,
      field: 'version',
      expected: String(PROTOCOL_VERSION),
      found: shown(fields.version),
    });
  }
  const chain = parseHash(fields.chain);
  const previousHash = parseHash(fields.previous_hash);
  const treeRoot = parseHash(fields.tree_root);
  const hash = parseHash(fields.hash);
  const signature = parseSignature(fields.signature);
  const hex = '64 lower-case hex digits';
  if (chain === undefined) return malformed(place, 'chain', hex, fields.chain);
  if (previousHash === undefined) return malformed(place, 'previous_hash', hex, fields.previous_hash);
  if (treeRoot === undefined) return malformed(place, 'tree_root', hex, fields.tree_root);
  if (hash === undefined) return malformed(place, 'hash', hex, fields.hash);
  if (signature === undefined) {
    return malformed(place, 'signature', '128 lower-case hex digits', fields.signature);
  }
  if (!isCount(fields.timestamp)) {
    return malformed(place, 'timestamp', 'milliseconds since 1970', fields.timestamp);
  }
  if (!isCount(fields.tree_size)) {
    return malformed(place, 'tree_size', 'a whole number from 0', fields.tree_size);
  }
  return {
    chain,
    index: fields.index,
    previousHash,
    timestamp: fields.timestamp,
    treeRoot,
    treeSize: fields.tree_size,
    hash,
    signature,
  };
}

/** Checks chain id, index, previous hash and time against the parent or, for the first block, the contract. */
function checkPlace(
  header: SealedHeader,
  contract: Contract,
  parent: ParentState | undefined,
): Fault | undefined {
  const genesis = parent === undefined ? genesisHeader(contract) : undefined;
  const before = parent?.header;
  const differs = (
    code: FaultCode,
    field: string,
    expected: string | number,
    found: string | number,
  ): Fault | undefined =>
    expected === found
      ? undefined
      : fault(code, { index: header.index, field, expected: String(expected), found: String(found) });

  const chain = before?.chain ?? chainId(contract);
  const index = before === undefined ? 1 : before.index + 1;
  const previousHash = before?.hash ?? (genesis as BlockHeader).previousHash;
  const mismatch =
    differs('CHAIN_MISMATCH', 'chain', chain, header.chain) ??
    differs('INDEX_MISMATCH', 'index', index, header.index) ??
    differs('PREVIOUS_HASH_MISMATCH', 'previous_hash', previousHash, header.previousHash);
  if (mismatch !== undefined) return mismatch;
  if (genesis !== undefined) {
    return differs('TIMESTAMP_MISMATCH', 'timestamp', genesis.timestamp, header.timestamp);
  }
  const earliest = (before as SealedHeader).timestamp;
  return header.timestamp < earliest
    ? late('TIMESTAMP_BACKWARDS', { index: header.index }, earliest, header.timestamp)
    : undefined;
}

/** Checks the number of entries against the header's tree size and the schedule. */
function checkCount(
  header: SealedHeader,
  count: number,
  contract: Contract,
  parent: ParentState | undefined,
): Fault | undefined {
  const place = { index: header.index };
  const treeSize = parent === undefined ? 0 : parent.header.treeSize + count;
  if (header.treeSize !== treeSize || (parent === undefined && count > 0)) {
    return fault('TREE_SIZE_MISMATCH', {
      ...place,
      field: 'tree_size',
      expected: String(treeSize),
      found: `${header.treeSize} with ${count} entries`,
    });
  }
  const max = blockEntriesMax(contract);
  if (count <= max) return undefined;
  return fault('TOO_MANY_ENTRIES', { ...place, expected: `at most ${max}`, found: String(count) });
}

/** Checks the header's fields that depend on its entries. */
export function checkEntries(
  header: SealedHeader,
  { frontier, lastEntryTimestamp }: EntriesEnd,
): Fault | undefined {
  if (lastEntryTimestamp !== undefined && header.timestamp < lastEntryTimestamp) {
    return late('TIMESTAMP_BACKWARDS', { index: header.index }, lastEntryTimestamp, header.timestamp);
  }
  const root = hashHex(frontier.root());
  if (root === header.treeRoot) return undefined;
  const found = header.treeRoot;
  return fault('TREE_ROOT_MISMATCH', { index: header.index, field: 'tree_root', expected: root, found });
}

/** Checks the header's hash and the producer's signature: everything that a head alone can show. */
export function verifySeal(header: SealedHeader, contract: Contract): Fault | undefined {
  const hash = blockHash(header);
  if (hash !== header.hash) {
    return fault('HASH_MISMATCH', {
      index: header.index,
      field: 'hash',
      expected: hash,
      found: header.hash,
    });
  }
  if (verifySignature(contract.producer, signedText(header), header.signature)) return undefined;
  return badSignature({ index: header.index }, contract.producer, header.signature);
}

function late(code: FaultCode, place: FaultDetail, earliest: number, found: number): Fault {
  return fault(code, {
    ...place,
    field: 'timestamp',
    expected: `at least ${earliest}`,
    found: String(found),
  });
}

function malformed(place: FaultDetail, field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { ...place, field, expected, found: shown(found) });
}
