/** Reads the chains out as the texts that go over the wire, in pieces, so that memory stays constant. */
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../chain/block.js';
import { blockEntriesMax, type ChainKind, type Contract } from '../chain/contract.js';
import { entryWireText } from '../chain/entry.js';
import { assert } from './errors.js';
import type { LedgerStore, StoredEntry } from './store.js';

/** Entries in one piece of text: some hundred kilobytes, as a rule; a few megabytes where all are as long as can be. */
const ENTRIES_PER_PIECE = { token: 500, information: 64 } as const;
/** Headers read at a time. */
const HEADERS_PER_READ = 100;

/** A stored entry's wire form, as JSON text. */
export function storedEntryText(entry: StoredEntry, kind: ChainKind): string {
  return entryWireText(entry.leafText, entry.id, kind, entry.content);
}

/**
 * A block's wire form, as pieces of JSON text.
 * @param firstSequence the previous block's tree size
 * @param extra fields to put before the others, as JSON text with a comma at the end
 */
export function* blockText(
  store: LedgerStore,
  kind: ChainKind,
  header: SealedHeader,
  firstSequence: number,
  extra = '',
): Generator<string, void, void> {
  yield `{${extra}${sealedHeaderText(header).slice(1)},"${ENTRIES_FIELD[kind]}":[`;
  let from = firstSequence;
  while (from < header.treeSize) {
    const entries = store.entries(kind, from, header.treeSize, ENTRIES_PER_PIECE[kind]);
    assert(entries.length > 0, `entry ${from} of the ${kind} chain is sealed but not stored`);
    const text = entries.map((entry) => storedEntryText(entry, kind)).join(',');
    yield from === firstSequence ? text : `,${text}`;
    from += entries.length;
  }
  yield ']}';
}

export interface BlockPieces {
  readonly header: SealedHeader;
  /** the block's wire form */
  pieces(extra?: string): Generator<string, void, void>;
}

/** The blocks with `from <= index <= to`, in order, each as pieces of text. */
export function* blocksInOrder(
  store: LedgerStore,
  kind: ChainKind,
  from: number,
  to: number,
): Generator<BlockPieces, void, void> {
  let treeSize = from <= 1 ? 0 : (store.header(kind, from - 1)?.treeSize ?? 0);
  for (let next = Math.max(from, 1); next <= to;) {
    const headers = store.headers(kind, next, Math.min(HEADERS_PER_READ, to - next + 1));
    if (headers.length === 0) return;
    for (const header of headers) {
      const firstSequence = treeSize;
      yield { header, pieces: (extra) => blockText(store, kind, header, firstSequence, extra) };
      treeSize = header.treeSize;
    }
    next += headers.length;
  }
}

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
