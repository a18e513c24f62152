/** Formats a block as receivers see it, so that the producer verifies it before anyone else. */
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../../chain/block/block.js';
import type { ChainKind } from '../../chain/contract/kinds.js';

/** @param entries as they are on the wire, parsed */
export function blockOnWire(
  header: SealedHeader,
  kind: ChainKind,
  entries: readonly unknown[],
): Record<string, unknown> {
  return { ...headerOnWire(header), [ENTRIES_FIELD[kind]]: entries };
}

/** The fields of a block apart from its entries. */
export function headerOnWire(header: SealedHeader): Record<string, unknown> {
  return JSON.parse(`${sealedHeaderText(header)}}`) as Record<string, unknown>;
}
