/** Converts rows to blocks and entries, and back. */
import type { SealedHeader } from '../../chain/block/block.js';
import type { Hash, Signature } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import type { ChainKind } from '../../chain/contract/kinds.js';
import { entryWireText, type InformationContent } from '../../chain/entry/entry.js';
import { parseLeaf } from '../../chain/entry/transaction.js';
import { Frontier, HASH_BYTES } from '../../chain/tree/tree.js';
import type { Hold, HoldState, Supply, Wallet } from '../../chain/books/wallet.js';
import { assert } from '../../ledger/errors.js';
import type { StoredEntry } from '../../ledger/chain-store.js';

export interface BlockRow {
  readonly index: number;
  readonly hash: Buffer;
  readonly previous_hash: Buffer;
  readonly timestamp: number;
  readonly tree_root: Buffer;
  readonly tree_size: number;
  readonly signature: Buffer;
}

export function headerOf(row: BlockRow, chain: Hash): SealedHeader {
  return {
    chain,
    index: row.index,
    previousHash: hex(row.previous_hash),
    timestamp: row.timestamp,
    treeRoot: hex(row.tree_root),
    treeSize: row.tree_size,
    hash: hex(row.hash),
    signature: hex(row.signature) as string as Signature,
  };
}

/** The subtrees' roots one after the other, largest first. */
export function frontierBytes(frontier: Frontier): Buffer {
  return Buffer.concat(frontier.subtrees());
}

export function frontierOf(bytes: Buffer, size: number): Frontier {
  const nodes: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) nodes.push(bytes.subarray(at, at + HASH_BYTES));
  const frontier = Frontier.of(nodes, size);
  assert(frontier !== undefined, `the stored frontier has ${nodes.length} nodes for a tree of ${size}`);
  return frontier;
}

export interface EntryRow {
  /** the row: the chain's first row plus the entry's sequence */
  readonly sequence: number;
  readonly id: Buffer;
  readonly block: number;
  readonly leaf: string;
  readonly information?: string | null;
  readonly salt?: Buffer | null;
}

export function entryOf(row: EntryRow, firstRow: number): StoredEntry {
  return {
    sequence: row.sequence - firstRow,
    id: hex(row.id),
    leafText: row.leaf,
    block: row.block,
    content: contentOf(row),
  };
}

/** Undefined if both columns are null. A damaged row must not be treated as an erased one. */
function contentOf({ information, salt }: EntryRow): InformationContent | undefined {
  if ((information ?? null) === null && (salt ?? null) === null) return undefined;
  assert(typeof information === 'string', 'an information column is not a text: run bpsc verify for details');
  return { text: information, salt: hex(salt as Buffer) };
}

/** An entry as it would be on the wire, parsed. */
export function wireEntry(row: EntryRow, kind: ChainKind): unknown {
  const entry = entryOf(row, 0);
  return JSON.parse(entryWireText(entry.leafText, entry.id, kind, entry.content));
}

export interface WalletRow {
  readonly id: number;
  readonly address: string;
  readonly sent: string;
  readonly received: string;
  readonly fees_paid: string;
  readonly fees_collected: string;
  readonly issued: string;
  readonly held: string;
  readonly sent_count: number;
  readonly received_count: number;
}

export function walletOf(row: WalletRow): Wallet {
  return {
    address: row.address,
    sent: BigInt(row.sent),
    received: BigInt(row.received),
    feesPaid: BigInt(row.fees_paid),
    feesCollected: BigInt(row.fees_collected),
    issued: BigInt(row.issued),
    held: BigInt(row.held),
    sentCount: row.sent_count,
    receivedCount: row.received_count,
  };
}

/** The columns of {@link WalletRow} but the id, in order. */
export function walletValues(wallet: Wallet): WalletValues {
  return [
    wallet.address,
    wallet.sent.toString(),
    wallet.received.toString(),
    wallet.feesPaid.toString(),
    wallet.feesCollected.toString(),
    wallet.issued.toString(),
    wallet.held.toString(),
    wallet.sentCount,
    wallet.receivedCount,
  ];
}

export type WalletValues = [string, string, string, string, string, string, string, number, number];

export interface HoldRow {
  /** the transfer's row */
  readonly sequence: number;
  readonly id: Buffer;
  readonly leaf: string;
  readonly hold_until: number;
  readonly state: string;
  /** the row of the entry that ended it */
  readonly ended_by: number | null;
}

/** Its terms are read from the transfer's leaf. */
export function holdOf(row: HoldRow, contract: TokenContract, firstRow: number): Hold {
  const transfer = parseLeaf(row.leaf, contract);
  assert(transfer?.type === 'transfer', `the hold ${row.sequence} belongs to no transfer`);
  const { sender, recipient, send, receive, fee } = transfer;
  return {
    id: hex(row.id),
    sequence: row.sequence - firstRow,
    sender,
    recipient,
    send,
    receive,
    fee,
    holdUntil: row.hold_until,
    state: row.state as HoldState,
    endedBy: row.ended_by === null ? undefined : row.ended_by - firstRow,
  };
}

export interface SupplyRow {
  readonly issued: string;
  readonly burnt: string;
  readonly held: string;
  readonly circulating: string;
}

export function supplyOf(row: SupplyRow): Supply {
  return {
    issued: BigInt(row.issued),
    burnt: BigInt(row.burnt),
    held: BigInt(row.held),
    circulating: BigInt(row.circulating),
  };
}

/** The driver only binds Buffers as BLOBs. Does not copy. */
export function buffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** The bytes of hex digits. */
export function bytes(hexDigits: string): Buffer {
  return Buffer.from(hexDigits, 'hex');
}

/** A text in the place of bytes would be returned as if it were their hex digits. */
function hex(bytes: Buffer): Hash {
  assert(
    (bytes as unknown) instanceof Buffer,
    'a column of bytes holds something else: bpsc verify says which',
  );
  return bytes.toString('hex') as Hash;
}
