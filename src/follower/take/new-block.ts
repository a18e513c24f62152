/** Converts a verified block to the form in which it is stored: each entry with its position. */
import type { Signature } from '../../chain/bytes/bytes.js';
import { isTransaction } from '../../chain/contract/kinds.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import { counterpartyOf } from '../../ledger/counterparty.js';
import { assertBalanced } from '../../ledger/current-books.js';
import type { NewBlock } from '../../ledger/store.js';

/** @param checkpoint the producer's signature over the block's checkpoint, where it is known */
export function newBlock(
  { header, frontier, lastEntryTimestamp, entries, book }: VerifiedBlock,
  checkpoint?: Signature,
): NewBlock {
  if (book !== undefined) assertBalanced(book);
  const firstSequence = header.treeSize - entries.length;
  return {
    header,
    frontier,
    lastEntryTimestamp,
    checkpoint,
    entries: entries.map((entry, place) => ({
      sequence: firstSequence + place,
      block: header.index,
      entry,
      counterparty:
        isTransaction(entry) && book !== undefined ? counterpartyOf(entry.transaction, book) : undefined,
    })),
  };
}
