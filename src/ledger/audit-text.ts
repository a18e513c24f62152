/** A block as a text from outside, for an audit. */
import { ENTRIES_FIELD, sealedHeaderText } from '../chain/block.js';
import { toHex } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import { entryWireText } from '../chain/entry.js';
import { fault, type Fault } from '../chain/faults.js';
import { JsonError, parseStrictJson } from '../chain/json.js';
import type { VerifiedBlock } from '../chain/verify-block.js';
import type { AuditBlock } from './audit.js';

/** Levels around an information record: the block, its entries, the entry. */
const OUTER_DEPTH = 3;

/** @param index the block that it should be, for the fault that it may be */
export function auditText(text: string, kind: ChainKind, index: number): AuditBlock | Fault {
  try {
    return { wire: JSON.parse(text), compare: (verified) => checkJson(text, verified, kind) };
  } catch (error) {
    return notJson(index, (error as Error).message);
  }
}

/**
 * What `JSON.parse` lets pass and the protocol doesn't (section 1), such as a key that is there twice. The text
 * that every node of ours sends has none of it, and comparing with that is far cheaper than looking for it.
 */
function checkJson(text: string, block: VerifiedBlock, kind: ChainKind): Fault | undefined {
  if (text === wireText(block, kind) && !text.includes('"__proto__"')) return undefined;
  try {
    parseStrictJson(text, OUTER_DEPTH);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return notJson(block.header.index, `${error.message} at ${error.pointer}`);
  }
}

/** A block's wire form (protocol, section 5) as a node of ours sends it. */
function wireText({ header, entries }: VerifiedBlock, kind: ChainKind): string {
  const texts = entries.map((entry) =>
    entryWireText(
      entry.leafText,
      toHex(entry.id),
      kind,
      entry.kind === 'information' ? entry.content : undefined,
    ),
  );
  return `${sealedHeaderText(header)},"${ENTRIES_FIELD[kind]}":[${texts.join(',')}]}`;
}

function notJson(index: number, found: string): Fault {
  return fault('MALFORMED', { index, field: 'block', expected: 'JSON', found });
}
