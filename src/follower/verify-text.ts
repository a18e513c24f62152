/** From a block's text, as an upstream sent it, to a verified block; the event loop gets its turn in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ENTRIES_FIELD, sealedHeaderText } from '../chain/block.js';
import { toHex } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import { entryWireText } from '../chain/entry.js';
import { fault, type Fault } from '../chain/faults.js';
import { JsonError, parseStrictJson } from '../chain/json.js';
import { verifyBlockSteps, type VerifiedBlock, type VerifyInput } from '../chain/verify-block.js';

/** Levels around an information record: the block, its entries, the entry. */
const OUTER_DEPTH = 3;

export async function verifyBlockText(
  text: string,
  input: Omit<VerifyInput, 'block'>,
): Promise<VerifiedBlock | Fault> {
  let block: unknown;
  try {
    block = JSON.parse(text);
  } catch (error) {
    return notJson((error as Error).message);
  }
  const steps = verifyBlockSteps({ ...input, block });
  for (;;) {
    const { done, value } = steps.next();
    if (done === true)
      return 'fault' in value ? value : (checkJson(text, value, input.contract.kind) ?? value);
    await nextTurn();
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
    return notJson(`${error.message} at ${error.pointer}`);
  }
}

/** A block's wire form (protocol, section 5) as this node will serve it. */
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

function notJson(found: string): Fault {
  return fault('MALFORMED', { field: 'block', expected: 'JSON', found });
}
