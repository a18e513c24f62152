/** What a verified block changes in the store: its entries in their places, and the wallets as they are afterwards. */
import type { ChainKind, Contract } from '../chain/contract.js';
import type { Entry } from '../chain/entry.js';
import type { VerifiedBlock } from '../chain/verify-block.js';
import { assert } from '../ledger/errors.js';
import type { LedgerStore, NewBlock } from '../ledger/store.js';
import { applyTransfer, walletsOf, type Wallet } from '../ledger/wallets.js';

export function newBlock(block: VerifiedBlock, contract: Contract, store: LedgerStore): NewBlock {
  const { header, frontier, entries } = block;
  const firstSequence = header.treeSize - entries.length;
  return {
    header,
    frontier,
    entries: entries.map((entry, place) => ({
      sequence: firstSequence + place,
      block: header.index,
      entry,
    })),
    wallets: walletsAfter(entries, contract, store),
  };
}

function walletsAfter(entries: readonly Entry[], contract: Contract, store: LedgerStore): readonly Wallet[] {
  if (contract.kind !== 'token') return [];
  const transfers = entries.map((entry) => {
    assert(entry.kind === ('token' satisfies ChainKind), 'a token chain holds transactions');
    return entry.transfer;
  });
  const book = store.wallets(transfers.flatMap((transfer) => walletsOf(transfer, contract)));
  for (const transfer of transfers) applyTransfer(book, transfer, contract);
  return [...book.values()];
}
