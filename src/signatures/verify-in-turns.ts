/** Verifies a block with its signatures checked elsewhere, and the event loop at work in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isFault, type Fault } from '../chain/faults.js';
import { verifyBlockSteps, type VerifiedBlock, type VerifyInput } from '../chain/block/verify-block.js';
import type { SignatureChecker } from './signature-checker.js';
import { SignatureCollector } from './signature-collector.js';

/**
 * Signatures are first taken for good and checked meanwhile. If one isn't, or anything else is wrong, the block is
 * verified once more in the protocol's order, so that the fault is the first one: that may cost what it does.
 */
export async function verifyInTurns(
  input: VerifyInput,
  checker: SignatureChecker,
): Promise<VerifiedBlock | Fault> {
  const signatures = new SignatureCollector(checker);
  const verdict = await inTurns({ ...input, checkSignature: signatures.take });
  // Without a signature there was nothing to be optimistic about.
  if (!signatures.hasAny) return verdict;
  return (await signatures.areGood()) && !isFault(verdict) ? verdict : inTurns(input);
}

async function inTurns(input: VerifyInput): Promise<VerifiedBlock | Fault> {
  const steps = verifyBlockSteps(input);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}
