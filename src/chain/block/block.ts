/**
 * Blocks: a header seals all entries so far, its hash identifies it, and the producer signs it (protocol, section 5).
 */
import { hashHex, type Hash, type Signature } from '../bytes/bytes.js';
import { chainId, PROTOCOL_VERSION, type Contract } from '../contract/contract.js';
import { sha256 } from '../bytes/sha256.js';
import { EMPTY_ROOT } from '../tree/tree.js';

export interface BlockHeader {
  readonly chain: Hash;
  /** from 1, the genesis block */
  readonly index: number;
  readonly previousHash: Hash;
  /** milliseconds since 1970-01-01 UTC */
  readonly timestamp: number;
  readonly treeRoot: Hash;
  /** the number of entries in the chain up to and including this block */
  readonly treeSize: number;
}

/** A header with its hash and signature. */
export interface SealedHeader extends BlockHeader {
  readonly hash: Hash;
  readonly signature: Signature;
}

export const GENESIS_INDEX = 1;
export const GENESIS_PREVIOUS_HASH = '0'.repeat(64) as Hash;
const SIGNING_CONTEXT = 'bpsc/block/v1\n';

/** The canonical bytes (RFC 8785) of a header, as text. */
export function headerText(header: BlockHeader): string {
  return (
    `{"chain":"${header.chain}","index":${header.index},"previous_hash":"${header.previousHash}",` +
    `"timestamp":${header.timestamp},"tree_root":"${header.treeRoot}","tree_size":${header.treeSize},` +
    `"version":${PROTOCOL_VERSION}}`
  );
}

/** hash = SHA-256(JCS(header)). */
export function blockHash(header: BlockHeader): Hash {
  return hashHex(sha256(headerText(header)));
}

/** The text that the producer signs: `"bpsc/block/v1\n" ‖ JCS(header)`. */
export function signedText(header: BlockHeader): string {
  return SIGNING_CONTEXT + headerText(header);
}

export function genesisHeader(contract: Contract): BlockHeader {
  return {
    chain: chainId(contract),
    index: GENESIS_INDEX,
    previousHash: GENESIS_PREVIOUS_HASH,
    timestamp: contract.createdAt,
    treeRoot: hashHex(EMPTY_ROOT),
    treeSize: 0,
  };
}

/** The wire form of a block up to its entries, as JSON text without the closing brace. */
export function sealedHeaderText(block: SealedHeader): string {
  return `${headerText(block).slice(0, -1)},"hash":"${block.hash}","signature":"${block.signature}"`;
}

/** The field with a block's entries on the wire. */
export const ENTRIES_FIELD = { token: 'transactions', information: 'information' } as const;
