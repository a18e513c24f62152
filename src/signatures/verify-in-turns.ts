/** Verifies a block with its signatures checked elsewhere, and the event loop at work in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fault } from '../chain/faults.js';
import { verifyBlockSteps, type VerifiedBlock, type VerifyInput } from '../chain/verify-block.js';
import type { SignatureChecker, SignedText } from './signature-checker.js';

/** Handed over together, while the next entries are looked at. */
const SIGNATURES_PER_HANDOVER = 256;

/**
 * Signatures are first taken for good and checked meanwhile. If one isn't, or anything else is wrong, the block is
 * verified once more in the protocol's order, so that the fault is the first one: that may cost what it does.
 */
export async function verifyInTurns(
  input: VerifyInput,
  checker: SignatureChecker,
): Promise<VerifiedBlock | Fault> {
  const checks: Promise<readonly boolean[]>[] = [];
  let collected: SignedText[] = [];
  const handOver = (): void => {
    if (collected.length === 0) return;
    const check = checker.check(collected);
    // A failure is met where all are waited for, and not before.
    check.catch(() => undefined);
    checks.push(check);
    collected = [];
  };
  const verdict = await inTurns({
    ...input,
    checkSignature: (publicKey, text, signature) => {
      collected.push({ publicKey, text, signature });
      if (collected.length >= SIGNATURES_PER_HANDOVER) handOver();
      return true;
    },
  });
  handOver();
  if (checks.length === 0) return verdict;
  const isGood = (await Promise.all(checks)).every((verdicts) => verdicts.every(Boolean));
  return isGood && !('fault' in verdict) ? verdict : inTurns(input);
}

async function inTurns(input: VerifyInput): Promise<VerifiedBlock | Fault> {
  const steps = verifyBlockSteps(input);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}
