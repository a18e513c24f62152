/** Checks signatures on the calling thread, and yields to the event loop between batches. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BATCH_SIGNATURES, checkBatch } from './check-batch.js';
import { SignatureChecker, type SignedText } from './signature-checker.js';

export class InlineSignatureChecker extends SignatureChecker {
  override async check(signed: readonly SignedText[]): Promise<readonly boolean[]> {
    const verdicts: boolean[] = [];
    for (let at = 0; at < signed.length; at += BATCH_SIGNATURES) {
      if (at > 0) await nextTurn();
      verdicts.push(...checkBatch(signed.slice(at, at + BATCH_SIGNATURES)));
    }
    return verdicts;
  }
}
