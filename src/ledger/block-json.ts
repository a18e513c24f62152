/** A block's JSON text from outside: what has to be looked at besides the value that `JSON.parse` gives. */
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from '../chain/block.js';
import { toHex } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import { entryWireText, type Entry } from '../chain/entry.js';
import { fault, type Fault } from '../chain/faults.js';
import { JsonError, parseStrictJson } from '../chain/json.js';
import type { VerifiedBlock } from '../chain/verify-block.js';

/** Levels around an information record: the block, its entries, the entry. */
const OUTER_DEPTH = 3;

/** @returns the value, not yet verified, or the fault that it is no JSON */
export function parseBlockText(text: string, index?: number): { readonly wire: unknown } | Fault {
  try {
    return { wire: JSON.parse(text) };
  } catch (error) {
    return notJson((error as Error).message, index);
  }
}

/**
 * What `JSON.parse` lets pass and the protocol doesn't (section 1), such as a key that is there twice. The text
 * that every node of ours sends has none of it, and comparing with that is far cheaper than looking for it.
 */
export function checkBlockText(text: string, block: VerifiedBlock, kind: ChainKind): Fault | undefined {
  if (text === blockWireText(block, kind)) return undefined;
  try {
    parseStrictJson(text, OUTER_DEPTH);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return notJson(`${error.message} at ${error.pointer}`, block.header.index);
  }
}

/** A block's wire form (protocol, section 5) as a node of ours sends it. */
function blockWireText({ header, entries }: VerifiedBlock, kind: ChainKind): string {
  return blockText(header, kind, entries.map(entryText).join(','));
}

/** The same of a header and the wire forms of its entries, with commas in between. */
export function blockText(header: SealedHeader, kind: ChainKind, entries: string): string {
  return `${sealedHeaderText(header)},"${ENTRIES_FIELD[kind]}":[${entries}]}`;
}

/** An entry's wire form as a node of ours sends it. */
export function entryText(entry: Entry): string {
  const content = entry.kind === 'information' ? entry.content : undefined;
  return entryWireText(entry.leafText, toHex(entry.id), entry.kind, content);
}

function notJson(found: string, index: number | undefined): Fault {
  const detail = { field: 'block', expected: 'JSON', found };
  return fault('MALFORMED', index === undefined ? detail : { index, ...detail });
}
