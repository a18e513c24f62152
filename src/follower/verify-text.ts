/** From a block's text, as an upstream sent it, to a verified block. */
import type { Fault } from '../chain/faults.js';
import type { VerifiedBlock, VerifyInput } from '../chain/verify-block.js';
import { checkBlockText, parseBlockText } from '../ledger/block-json.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { verifyInTurns } from '../signatures/verify-in-turns.js';

export async function verifyBlockText(
  text: string,
  input: Omit<VerifyInput, 'block'>,
  checker: SignatureChecker,
): Promise<VerifiedBlock | Fault> {
  const parsed = parseBlockText(text);
  if ('fault' in parsed) return parsed;
  const verdict = await verifyInTurns({ ...input, block: parsed.wire }, checker);
  return 'fault' in verdict ? verdict : (checkBlockText(text, verdict, input.contract.kind) ?? verdict);
}
