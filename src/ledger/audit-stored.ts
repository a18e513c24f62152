/** What a database keeps beside the chain follows from the chain, so an audit works all of it out again and compares. */
import { GENESIS_INDEX } from '../chain/block.js';
import { toHex } from '../chain/bytes.js';
import { blockEntriesMax, chainId, contractText, type ChainKind, type Contract } from '../chain/contract.js';
import { parseEntry, type Entry } from '../chain/entry.js';
import { fault, shown, type Fault, type FaultDetail } from '../chain/faults.js';
import type { VerifiedBlock } from '../chain/verify-block.js';
import { timestampOf, type AuditScratch, type ChainAudit } from './audit.js';
import type { Wallet } from './wallets.js';

/** A value as it is stored. Whoever tampers is bound by no type. */
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
}

export interface StoredEntryFacts {
  readonly sequence: Stored;
  readonly block: Stored;
  readonly nonce: Stored;
  readonly leaf: Stored;
  /** the addresses of the wallets that a transaction is filed under */
  readonly sender: Stored;
  readonly recipient: Stored;
  /** the canonical text of an information record; null once it was erased */
  readonly information: Stored;
}

export interface StoredEntryRow {
  readonly facts: StoredEntryFacts;
  /** the wire form that was made of what is stored, parsed from JSON */
  readonly wire: unknown;
}

export const CHAIN_NUMBER = { token: 1, information: 2 } as const satisfies Record<ChainKind, number>;

/** The row of a chain against its contract. */
export function compareChain(facts: StoredChainFacts, contract: Contract): Fault | undefined {
  return (
    differs({}, 'contract', contractText(contract), facts.contract) ??
    (facts.chainId === chainId(contract)
      ? undefined
      : fault('CHAIN_ID_MISMATCH', {
          field: 'chain_id',
          expected: chainId(contract),
          found: shown(facts.chainId),
        })) ??
    differs({}, 'kind', contract.kind, facts.kind) ??
    differs({}, 'name', contract.name, facts.name) ??
    differs({}, 'number', CHAIN_NUMBER[contract.kind], facts.number)
  );
}

/** The head pointer against the last block that was verified. */
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

/**
 * What is stored of a block beside its wire form.
 * @param frontier bytes as hex digits
 */
export function compareBlock(
  { header, entries, frontier: verified }: VerifiedBlock,
  frontier: Stored,
  facts: readonly StoredEntryFacts[],
): Fault | undefined {
  const { index } = header;
  const first = header.treeSize - entries.length;
  for (const [position, entry] of entries.entries()) {
    const mismatch = compareEntry(entry, facts[position], { index, sequence: first + position });
    if (mismatch !== undefined) return mismatch;
  }
  return differs({ index }, 'frontier', verified.subtrees().map(toHex).join(''), frontier);
}

function compareEntry(
  entry: Entry,
  facts: StoredEntryFacts | undefined,
  place: { readonly index: number; readonly sequence: number },
): Fault | undefined {
  const nonce = entry.kind === 'token' ? entry.transfer.nonce : entry.leaf.nonce;
  return (
    differs(place, 'sequence', place.sequence, facts?.sequence) ??
    differs(place, 'block', place.index, facts?.block) ??
    differs(place, 'leaf', entry.leafText, facts?.leaf) ??
    differs(place, 'nonce', nonce, facts?.nonce) ??
    (entry.kind === 'token'
      ? (differs(place, 'sender', entry.transfer.sender, facts?.sender) ??
        differs(place, 'recipient', entry.transfer.recipient, facts?.recipient))
      : differs(place, 'information', entry.content?.text ?? null, facts?.information))
  );
}

/** Entries that were accepted and wait for a block: nothing seals them yet, so every rule is looked at one by one. */
export class WaitingAudit {
  private count = 0;
  private lastTimestamp: number;
  private block: number;
  private inBlock = 0;

  /** @param audit after the last block */
  constructor(private readonly audit: ChainAudit) {
    this.lastTimestamp = audit.parent?.lastEntryTimestamp ?? 0;
    this.block = audit.blocks;
  }

  get entries(): number {
    return this.count;
  }

  /** Takes the next entries, in order. After the first fault it must not be given others. */
  take(rows: readonly StoredEntryRow[]): Fault | undefined {
    const { contract } = this.audit;
    const first = this.audit.entries + this.count;
    const entries: Entry[] = [];
    const blocks: number[] = [];
    for (const { facts, wire } of rows) {
      const misplaced = this.place(facts.block);
      if (misplaced !== undefined) return misplaced;
      const place = { index: this.block, sequence: this.audit.entries + this.count };
      const entry = parseEntry(wire, contract, place);
      if ('fault' in entry) return entry;
      const mismatch = compareEntry(entry, facts, place) ?? this.checkTime(entry, place);
      if (mismatch !== undefined) return mismatch;
      entries.push(entry);
      blocks.push(this.block);
      this.count++;
    }
    this.audit.remember(entries, first, (position) => blocks[position] ?? this.block);
    return undefined;
  }

  /**
   * The block that was promised: this one, or the next. The first to come may be one further on, where a block
   * without entries was asked for and will be sealed before it.
   */
  private place(promised: Stored): Fault | undefined {
    const sequence = this.audit.entries + this.count;
    const head = this.audit.blocks;
    const from = this.block === head ? head + 1 : this.block;
    const to = this.block === head ? head + 2 : this.block + 1;
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
    const timestamp = timestampOf(entry);
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

/** A wallet as it is stored; amounts are texts. */
export type StoredWallet = Readonly<Record<keyof Wallet, Stored>>;

const WALLET_FIELDS = [
  'sent',
  'received',
  'feesPaid',
  'feesCollected',
  'sentCount',
  'receivedCount',
] as const;

/** One stored wallet against what the entries add up to; takes it out of the scratch. */
export function compareWallet(stored: StoredWallet, scratch: AuditScratch): Fault | undefined {
  const { address } = stored;
  const wallet = typeof address === 'string' ? scratch.takeWallet(address) : undefined;
  if (wallet === undefined) return walletMismatch(shown(address), 'no such wallet', 'one');
  for (const field of WALLET_FIELDS) {
    const amount = wallet[field];
    const expected = typeof amount === 'bigint' ? amount.toString() : amount;
    if (stored[field] !== expected) {
      return walletMismatch(shown(address), `${field} ${expected}`, shown(stored[field]));
    }
  }
  return undefined;
}

/** What is left after every stored wallet was compared should have been stored as well. */
export function missingWallet(scratch: AuditScratch): Fault | undefined {
  const wallet = scratch.anyWallet();
  return wallet === undefined ? undefined : walletMismatch(shown(wallet.address), 'a wallet', 'none');
}

function walletMismatch(address: string, expected: string, found: string): Fault {
  return fault('WALLET_MISMATCH', { field: `wallet ${address}`, expected, found });
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

/** Where to begin to show two texts, so that what differs can be seen. */
function difference(a: string, b: string): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return same > SAME_CHARACTERS_MAX ? same - SAME_CHARACTERS_SHOWN : 0;
}

const SAME_CHARACTERS_MAX = 100;
const SAME_CHARACTERS_SHOWN = 30;
