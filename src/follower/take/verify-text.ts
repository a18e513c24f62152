/** Parses and verifies a block's text from an upstream, yielding to the event loop in between. */
import { BlockText } from '../../chain/block/block-text.js';
import type { Fault } from '../../chain/faults.js';
import type { VerifiedBlock, VerifyInput } from '../../chain/block/verify-block.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import { verifyInTurns } from '../../signatures/verify-in-turns.js';
import { inTurns } from '../loop/in-turns.js';

export async function verifyBlockText(
  text: string,
  input: Omit<VerifyInput, 'block'>,
  checker: SignatureChecker,
): Promise<VerifiedBlock | Fault> {
  const block = await inTurns(BlockText.read(text, input.contract));
  return 'fault' in block ? block : verifyInTurns({ ...input, block }, checker);
}
