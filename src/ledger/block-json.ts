/** A block's wire form (protocol, section 5) as a node of ours sends it. */
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../chain/block/block.js';
import type { ChainKind } from '../chain/contract/contract.js';

/** @param entries their wire forms, with commas in between */
export function blockText(header: SealedHeader, kind: ChainKind, entries: string): string {
  return `${sealedHeaderText(header)},"${ENTRIES_FIELD[kind]}":[${entries}]}`;
}
