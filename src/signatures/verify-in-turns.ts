/** Verifies a block while its signatures are checked elsewhere, and yields to the event loop between steps. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isFault, type Fault } from '../chain/faults.js';
import { verifyBlockSteps, type VerifiedBlock, type VerifyInput } from '../chain/block/verify-block.js';
import type { SignatureChecker } from './signature-checker.js';
import { SignatureCollector } from './signature-collector.js';

/**
 * Signatures are first assumed to be valid and checked in the background. If one isn't, or anything else is wrong, the
 * block is verified again in the protocol's order, so that the first fault is returned: the cost doesn't matter then.
 */
export async function verifyInTurns(
  input: VerifyInput,
  checker: SignatureChecker,
): Promise<VerifiedBlock | Fault> {
  const signatures = new SignatureCollector(checker);
  const verdict = await inTurns({ ...input, checkSignature: signatures.take });
  // Without signatures nothing was assumed.
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
