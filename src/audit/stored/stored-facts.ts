/** Recomputes and compares everything that a database stores in addition to the chain and that follows from it. */
import { GENESIS_INDEX } from '../../chain/block/block.js';
import { Book, type BookSource } from '../../chain/books/book.js';
import { parseSignature, toHex } from '../../chain/bytes/bytes.js';
import { verifySignature } from '../../chain/bytes/ed25519.js';
import { blockEntriesMax, chainId, contractText, type Contract } from '../../chain/contract/contract.js';
import { leafOf, parseEntry, type Entry } from '../../chain/entry/entry.js';
import { fault, shown, type Fault, type FaultDetail } from '../../chain/faults.js';
import { isInformationContract, isTokenContract, isTransaction } from '../../chain/contract/kinds.js';
import { isNameOf } from '../../chain/contract/shown-chain.js';
import { chainOrigin, checkpointText, treeHead } from '../../chain/note/checkpoint.js';
import type { Transaction } from '../../chain/entry/transaction.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import { WalletRules } from '../../chain/books/wallet-rules.js';
import type { ChainAudit } from '../chain-audit.js';
import type { ChainOrigin } from '../../ledger/chain-store.js';
import { counterpartyOf } from '../../ledger/counterparty.js';
import { assert } from '../../ledger/errors.js';
import { promisable } from '../../ledger/promised-blocks.js';

/** A stored value. In a tampered database it can have any type. */
export type Stored = unknown;

export interface StoredChainFacts {
  readonly number: Stored;
  readonly kind: Stored;
  readonly name: Stored;
  /** bytes as hex digits */
  readonly chainId: Stored;
  readonly contract: Stored;
  readonly headIndex: Stored;
  /** bytes as hex digits */
  readonly headHash: Stored;
  readonly origin: Stored;
  readonly firstRow: Stored;
  readonly indexedRow: Stored;
}

/** The position of a chain among the others. */
export interface ChainPlace {
  /** from 1, in the order in which the node got its chains */
  readonly number: number;
  /** the first row of its entries, in the table of its kind */
  readonly firstRow: number;
}

export interface StoredEntryFacts {
  readonly sequence: Stored;
  readonly block: Stored;
  readonly nonce: Stored;
  readonly leaf: Stored;
  /** the addresses of the wallets to which a transaction is assigned */
  readonly sender: Stored;
  readonly counterparty: Stored;
  /** the canonical text of an information record; null once it is erased */
  readonly information: Stored;
  /** the number of the chain to which it is assigned */
  readonly chain: Stored;
}

export interface StoredEntryRow {
  readonly facts: StoredEntryFacts;
  /** the wire form made from the stored columns, parsed from JSON */
  readonly wire: unknown;
}

/** Compares a chain's row with its contract and its position. @param role of the database */
export function compareChain(
  facts: StoredChainFacts,
  contract: Contract,
  place: ChainPlace,
  role: Stored,
): Fault | undefined {
  const id = chainId(contract);
  return (
    differs({}, 'contract', contractText(contract), facts.contract) ??
    (facts.chainId === id
      ? undefined
      : fault('CHAIN_ID_MISMATCH', { field: 'chain_id', expected: id, found: shown(facts.chainId) })) ??
    differs({}, 'kind', contract.kind, facts.kind) ??
    (typeof facts.name === 'string' && isNameOf(facts.name, contract, id)
      ? undefined
      : differs({}, 'name', contract.name, facts.name)) ??
    differs({}, 'number', place.number, facts.number) ??
    differs({}, 'first_row', place.firstRow, facts.firstRow) ??
    oneOf('origin', originsOf(role, contract), facts.origin)
  );
}

/** The possible origins of a node's chains; none if the role itself is wrong, which is reported separately. */
function originsOf(role: Stored, contract: Contract): readonly ChainOrigin[] {
  if (role === 'producer') return ['configured', 'created'];
  if (role !== 'follower') return [];
  // The chain that a follower seals itself is an information chain.
  return isInformationContract(contract) ? ['followed', 'private'] : ['followed'];
}

function oneOf(field: string, allowed: readonly string[], found: Stored): Fault | undefined {
  if (allowed.length === 0 || allowed.some((each) => each === found)) return undefined;
  return fault('STORED_MISMATCH', { field, expected: allowed.join(' or '), found: shown(found) });
}

/** Checks the recorded end of the lookup tables. @param entries sealed and waiting */
export function compareIndexed(
  { indexedRow }: StoredChainFacts,
  { firstRow }: ChainPlace,
  entries: number,
): Fault | undefined {
  const isRight =
    Number.isSafeInteger(indexedRow) &&
    (indexedRow as number) >= firstRow &&
    (indexedRow as number) <= firstRow + entries;
  if (isRight) return undefined;
  return fault('STORED_MISMATCH', {
    field: 'indexed_row',
    expected: `a sequence up to ${entries}${firstRow === 0 ? '' : `, after the row ${firstRow}`}`,
    found: shown(indexedRow),
  });
}

/** Compares the head with the last verified block. */
export function compareHead(facts: StoredChainFacts, audit: ChainAudit): Fault | undefined {
  const { head } = audit;
  if (head === undefined) {
    return fault('STORED_MISMATCH', { index: GENESIS_INDEX, expected: 'a genesis block', found: 'none' });
  }
  return (
    differs({ index: head.index }, 'head_index', head.index, facts.headIndex) ??
    differs({ index: head.index }, 'head_hash', head.hash, facts.headHash)
  );
}

/** The position of an entry. */
interface Place {
  readonly index: number;
  readonly sequence: number;
}

/**
 * Compares the columns of a block that are not in its wire form.
 * @param frontier bytes as hex digits
 * @param chain the chain's number
 */
export function compareBlock(
  { header, entries, frontier: verified, book }: VerifiedBlock,
  frontier: Stored,
  facts: readonly StoredEntryFacts[],
  chain: number,
): Fault | undefined {
  const { index } = header;
  const first = header.treeSize - entries.length;
  for (const [position, entry] of entries.entries()) {
    const place = { index, sequence: first + position };
    const mismatch = compareEntry(entry, facts[position], place, chain, book);
    if (mismatch !== undefined) return mismatch;
  }
  return differs({ index }, 'frontier', verified.subtrees().map(toHex).join(''), frontier);
}

/** The producer's signature over a block's checkpoint, which a node may lack. @param checkpoint as hex digits */
export function compareCheckpoint(
  { header }: Pick<VerifiedBlock, 'header'>,
  { producer }: Contract,
  checkpoint: Stored,
): Fault | undefined {
  if (checkpoint === null) return undefined;
  const signature = parseSignature(checkpoint);
  const text = checkpointText(chainOrigin(header.chain), treeHead(header.treeSize, header.treeRoot));
  if (signature !== undefined && verifySignature(producer, text, signature)) return undefined;
  return fault('STORED_MISMATCH', {
    index: header.index,
    field: 'checkpoint',
    expected: 'a signature by the producer over the checkpoint',
    found: shown(checkpoint),
  });
}

/** @param books contain the hold, if the entry ends one */
function compareEntry(
  entry: Entry,
  facts: StoredEntryFacts | undefined,
  place: Place,
  chain: number,
  books: BookSource | undefined,
): Fault | undefined {
  const { nonce } = leafOf(entry);
  return (
    differs(place, 'sequence', place.sequence, facts?.sequence) ??
    differs(place, 'block', place.index, facts?.block) ??
    differs(place, 'leaf', entry.leafText, facts?.leaf) ??
    differs(place, 'nonce', nonce, facts?.nonce) ??
    differs(place, 'chain', chain, facts?.chain) ??
    (isTransaction(entry)
      ? compareAddresses(entry.transaction, facts, place, books)
      : differs(place, 'information', entry.content?.text ?? null, facts?.information))
  );
}

function compareAddresses(
  transaction: Transaction,
  facts: StoredEntryFacts | undefined,
  place: Place,
  books: BookSource | undefined,
): Fault | undefined {
  assert(books !== undefined, 'a token chain has books');
  return (
    differs(place, 'sender', transaction.sender, facts?.sender) ??
    differs(place, 'recipient', counterpartyOf(transaction, books), facts?.counterparty)
  );
}

/**
 * Checks entries that wait for a block: no seal covers them yet, so every rule is checked individually.
 * Their books are a layer in memory, as at the producer that accepted them.
 */
export class WaitingAudit {
  private readonly rules: WalletRules | undefined;
  private count = 0;
  private lastTimestamp: number;
  private block: number;
  private inBlock = 0;

  /**
   * @param audit after the last block
   * @param chain the chain's number
   * @param onEntry compares the rest of each entry
   */
  constructor(
    private readonly audit: ChainAudit,
    private readonly chain: number,
    private readonly onEntry: (entry: Entry) => Fault | undefined,
  ) {
    const { contract, scratch } = audit;
    this.rules = isTokenContract(contract)
      ? new WalletRules(contract, chainId(contract), new Book(scratch, contract))
      : undefined;
    this.lastTimestamp = audit.parent?.lastEntryTimestamp ?? 0;
    this.block = audit.blocks;
  }

  get entries(): number {
    return this.count;
  }

  /** Adds the next entries, in order. Must not be called after the first fault. */
  take(rows: readonly StoredEntryRow[]): Fault | undefined {
    for (const row of rows) {
      const found = this.takeOne(row);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private takeOne({ facts, wire }: StoredEntryRow): Fault | undefined {
    const misplaced = this.place(facts.block);
    if (misplaced !== undefined) return misplaced;
    const place = { index: this.block, sequence: this.audit.entries + this.count };
    const entry = parseEntry(wire, this.audit.contract, place);
    if ('fault' in entry) return entry;
    const broken = isTransaction(entry) ? this.rules?.take(entry, place) : undefined;
    const mismatch =
      this.checkTime(entry, place) ??
      broken ??
      compareEntry(entry, facts, place, this.chain, this.rules?.book) ??
      this.onEntry(entry);
    if (mismatch !== undefined) return mismatch;
    if (isTransaction(entry)) this.audit.name(entry.transaction);
    this.audit.remember(entry, place.sequence, place.index);
    this.count++;
    return undefined;
  }

  private place(promised: Stored): Fault | undefined {
    const sequence = this.audit.entries + this.count;
    const head = this.audit.blocks;
    const [from, to] = promisable(head, this.block === head ? undefined : this.block);
    if (typeof promised !== 'number' || !Number.isInteger(promised) || promised < from || promised > to) {
      const expected = `${from} or ${to} for an entry that waits`;
      return fault('STORED_MISMATCH', { sequence, field: 'block', expected, found: shown(promised) });
    }
    this.inBlock = promised === this.block ? this.inBlock + 1 : 1;
    this.block = promised;
    const max = blockEntriesMax(this.audit.contract);
    if (this.inBlock <= max) return undefined;
    return fault('TOO_MANY_ENTRIES', {
      index: promised,
      sequence,
      expected: `at most ${max} that wait for it`,
      found: 'more',
    });
  }

  private checkTime(entry: Entry, place: FaultDetail): Fault | undefined {
    const timestamp = leafOf(entry).timestamp;
    if (timestamp < this.lastTimestamp) {
      return fault('ENTRY_TIMESTAMP_BACKWARDS', {
        ...place,
        field: 'timestamp',
        expected: `at least ${this.lastTimestamp}`,
        found: String(timestamp),
      });
    }
    this.lastTimestamp = timestamp;
    return undefined;
  }
}

/** @param place of the fault, if it is one */
export function differs(
  place: FaultDetail,
  field: string,
  expected: string | number | null,
  found: Stored,
): Fault | undefined {
  if (found === expected) return undefined;
  const from = typeof expected === 'string' && typeof found === 'string' ? difference(expected, found) : 0;
  const part = (value: Stored): string =>
    from === 0 ? shown(value) : `…${shown((value as string).slice(from))}`;
  return fault('STORED_MISMATCH', { ...place, field, expected: part(expected), found: part(found) });
}

/** The offset from which two texts are shown, so that the difference is visible. */
function difference(a: string, b: string): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return same > SAME_CHARACTERS_MAX ? same - SAME_CHARACTERS_SHOWN : 0;
}

const SAME_CHARACTERS_MAX = 100;
const SAME_CHARACTERS_SHOWN = 30;
