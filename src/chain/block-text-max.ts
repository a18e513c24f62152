/** How long a block can be on the wire: whoever receives one holds it in memory, and takes no more. */
import { blockEntriesMax, type Contract } from './contract.js';

/** The longest wire form of a block that a chain of this contract can have, in UTF-16 units of text. */
export function blockTextMax(contract: Contract): number {
  const entryMax = contract.kind === 'token' ? TRANSACTION_TEXT_MAX : INFORMATION_TEXT_MAX;
  return HEADER_TEXT_MAX + Math.min(blockEntriesMax(contract) * entryMax, BLOCK_TEXT_LIMIT);
}

/** More than this is refused even where a contract would allow it: a follower has to hold a block to verify it. */
const BLOCK_TEXT_LIMIT = 256 * 1024 * 1024;
const HEADER_TEXT_MAX = 1024;
/** Names of 128 characters, escaped at most six-fold, a memo of 256 bytes likewise, and the rest. */
const TRANSACTION_TEXT_MAX = 8 * 1024;
/** 64 KiB as canonical JSON, and the leaf. */
const INFORMATION_TEXT_MAX = 65_536 + 1024;
