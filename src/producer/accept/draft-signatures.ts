/** Checks the signatures of drafts before they are queued: the expensive part of their rules, and independent of order. */
import { checkAddress } from '../../chain/books/book.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import { holderText } from '../../chain/entry/transaction.js';
import type { RuleViolation } from '../../ledger/errors.js';
import type { SignatureChecker, SignedText } from '../../signatures/signature-checker.js';
import type { Draft } from './drafts.js';
import { badSignature, refusalOf } from './refusals.js';

/** @returns a refusal for each draft with an invalid signature, by its position; none under the policy `open` */
export async function checkDraftSignatures(
  drafts: readonly Draft[],
  chain: Hash,
  contract: TokenContract,
  checker: SignatureChecker,
): Promise<ReadonlyMap<number, RuleViolation>> {
  const refused = new Map<number, RuleViolation>();
  const signed: (SignedText & { readonly place: number })[] = [];
  for (const [place, draft] of drafts.entries()) {
    if (draft.type !== 'transaction' || draft.content.proof === undefined) continue;
    const { publicKey, signature } = draft.content.proof;
    // Neither the time nor the position in the chain is signed.
    const transaction = { ...draft.content, nonce: draft.nonce ?? '', timestamp: 0 };
    const other = checkAddress(transaction);
    if (other !== undefined) refused.set(place, refusalOf(other));
    else signed.push({ place, publicKey, signature, text: holderText(transaction, contract, chain) });
  }
  if (signed.length === 0) return refused;
  const verdicts = await checker.check(signed);
  for (const [at, { place, publicKey }] of signed.entries()) {
    if (verdicts[at] !== true) refused.set(place, badSignature(publicKey));
  }
  return refused;
}
