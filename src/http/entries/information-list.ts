/** Lists information records, newest first, by cursor. */
import type { InformationChainStore } from '../../ledger/chain-store.js';
import { placedEntryText } from '../chains/chain-reader.js';
import { RECORDS_DEFAULT, type InformationQueryDto } from '../dto/information.dto.js';

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
  const { kind } = store.chain.contract;
  const texts = shown.map((entry) => placedEntryText(entry, kind, { sealed: treeSize, witnessed }));
  return `{"information":[${texts.join(',')}],"next_cursor":${next}}`;
}
