/** Formats a block's wire form (protocol, section 5) as our nodes send it. */
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../chain/block/block.js';
import type { ChainKind } from '../chain/contract/kinds.js';

/** @param entries their wire forms, separated by commas */
export function blockText(header: SealedHeader, kind: ChainKind, entries: string): string {
  return `${sealedHeaderText(header)},"${ENTRIES_FIELD[kind]}":[${entries}]}`;
}
