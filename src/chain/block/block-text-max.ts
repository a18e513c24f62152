/** The maximum length of a block on the wire: a receiver holds it in memory and accepts no more. */
import { blockEntriesMax, type Contract } from '../contract/contract.js';
import { isTokenContract } from '../contract/kinds.js';

/**
 * The longest wire form of a block that a chain of this contract can have, in UTF-16 units of text.
 * @param entries the number of its entries, if known
 */
export function blockTextMax(contract: Contract, entries = blockEntriesMax(contract)): number {
  return HEADER_TEXT_MAX + Math.min(entries * entryMax(contract), BLOCK_TEXT_LIMIT);
}

/** The maximum length of an entry's wire form, in UTF-16 units, with every character written as \uXXXX. */
export function entryTextMax(contract: Contract): number {
  return ESCAPED_MAX * entryMax(contract);
}

function entryMax(contract: Contract): number {
  return isTokenContract(contract) ? TRANSACTION_TEXT_MAX : INFORMATION_TEXT_MAX;
}

/**
 * The most text of a block to accept before its header's signature is checked: as much as our producers put into one.
 * Without the key, nobody can make a node hold more than this in memory.
 */
export const UNSIGNED_BLOCK_TEXT_MAX = 16 * 1024 * 1024;

/**
 * A larger block is refused even if the contract would allow it: a follower has to hold a block in memory to verify it.
 */
const BLOCK_TEXT_LIMIT = 256 * 1024 * 1024;
const HEADER_TEXT_MAX = 1024;
const ESCAPED_MAX = 6;
/** Names of 128 characters, a memo of 256 bytes, which may be six times as long when escaped, 4 KiB of metadata, and the rest. */
const TRANSACTION_TEXT_MAX = 8 * 1024;
/** 64 KiB of canonical JSON, and the leaf. */
const INFORMATION_TEXT_MAX = 65_536 + 1024;
