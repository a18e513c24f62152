/** From a block's text, as an upstream sent it, to a verified block; the event loop gets its turn in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fault } from '../chain/faults.js';
import { verifyBlockSteps, type VerifiedBlock, type VerifyInput } from '../chain/verify-block.js';
import { checkBlockText, parseBlockText } from '../ledger/block-json.js';

export async function verifyBlockText(
  text: string,
  input: Omit<VerifyInput, 'block'>,
): Promise<VerifiedBlock | Fault> {
  const parsed = parseBlockText(text);
  if ('fault' in parsed) return parsed;
  const steps = verifyBlockSteps({ ...input, block: parsed.wire });
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) {
      return 'fault' in value ? value : (checkBlockText(text, value, input.contract.kind) ?? value);
    }
    await nextTurn();
  }
}
