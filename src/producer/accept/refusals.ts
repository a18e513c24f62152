/** Refusals of entries that would break a rule of the chain, with the field names of the request. */
import type { ErasureCode } from '../../chain/entry/erasure-rules.js';
import type { Violation } from '../../chain/books/book.js';
import { RuleViolation } from '../../ledger/errors.js';

/** Fields of a leaf that have another name in a request. For the end of a hold, that is the hold. */
const REQUEST_FIELD: Readonly<Record<string, string>> = {
  amount_send: 'amount',
  timestamp: 'id',
  transfer: 'id',
};

export function refusalOf({ code, field, expected, found }: Violation): RuleViolation {
  return new RuleViolation(code, REQUEST_FIELD[field] ?? field, `must be ${expected} (found ${found})`);
}

export function nonceReused(nonce: string, what: string): RuleViolation {
  const message = `${nonce} was used before for other content: a new ${what} needs a new one`;
  return new RuleViolation('NONCE_REUSED', 'nonce', message);
}

const ERASURE_REFUSALS: Readonly<Record<ErasureCode, string>> = {
  ERASURE_UNKNOWN: 'must be that of a record of this chain',
  ERASURE_REPEATED: 'must be that of a record that is not erased yet: an erasure of it was already accepted',
  ERASURE_OF_ERASURE: 'must be that of a record: it is that of an erasure, which cannot be erased',
};

export function erasureRefusal(code: ErasureCode): RuleViolation {
  return new RuleViolation(code, 'id', ERASURE_REFUSALS[code]);
}

export function badSignature(publicKey: string): RuleViolation {
  return new RuleViolation(
    'BAD_SIGNATURE',
    'signature',
    `must be a signature by ${publicKey} over the transaction and this chain's id`,
  );
}
