/** Information records and erasures: one, and lists of them, newest first, by cursor. */
import type { Erasure } from '../../chain/entry/erasure.js';
import type { InformationChainStore, StoredEntry } from '../../ledger/chain-store.js';
import type { Reached } from '../../ledger/cosignatures.js';
import { placedEntryText } from '../chains/chain-reader.js';
import { RECORDS_DEFAULT, type InformationQueryDto } from '../dto/information.dto.js';

/** An entry's wire form with its place, and with its erasure where it is a record that has one. */
export function placedInformationText(
  store: InformationChainStore,
  entry: StoredEntry,
  reached: Reached,
): string {
  const text = placedEntryText(entry, store.chain.contract.kind, reached);
  const erasure = store.erasureOf(entry.sequence);
  if (erasure === undefined) return text;
  const { reason, timestamp } = JSON.parse(erasure.leafText) as Erasure;
  const { id, block, sequence } = erasure;
  const status = sequence < reached.sealed ? 'sealed' : 'pending';
  return `${text.slice(0, -1)},"erasure":${JSON.stringify({ id, timestamp, reason, block, status })}}`;
}

/** `{information: […], next_cursor}` as JSON text. @param witnessed entries below this are */
export function informationPage(
  store: InformationChainStore,
  { cursor, limit = RECORDS_DEFAULT }: InformationQueryDto,
  witnessed: number | undefined,
): string {
  const { treeSize } = store.head().header;
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
  // Reading one more than requested shows whether there is a next page.
  const found = store.entriesBefore(before, limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next = found.length > limit && last !== undefined ? `"${last.sequence}"` : 'null';
  const reached = { sealed: treeSize, witnessed };
  const texts = shown.map((entry) => placedInformationText(store, entry, reached));
  return `{"information":[${texts.join(',')}],"next_cursor":${next}}`;
}
