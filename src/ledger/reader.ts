/** Reads the chains out as the texts that go over the wire, in pieces, so that memory stays constant. */
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../chain/block.js';
import type { ChainKind } from '../chain/contract.js';
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
