/** The header Idempotency-Key: equivalent to `nonce` in the body. */
import { isNonce, NONCE_EXPECTED } from '../../chain/entry/entry-fields.js';
import type { FastifyReply } from 'fastify';
import type { FieldErrors } from '../../ledger/errors.js';

const HEADER = 'Idempotency-Key';

/**
 * The nonce of a request.
 * @param header the header's value; the quotes of a quoted string (as in the IETF's draft) are removed
 * @param wrong collects the header if it isn't a nonce, or if the body has another one
 */
export function nonceOf(
  body: string | undefined,
  header: string | undefined,
  wrong: FieldErrors,
): string | undefined {
  if (header === undefined) return body;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!isNonce(key)) {
    wrong.add(HEADER, NONCE_EXPECTED);
    return body;
  }
  if (body !== undefined && body !== key && !wrong.has('nonce')) {
    wrong.add(HEADER, 'must be the same as nonce where both are sent');
  }
  return body ?? key;
}

export function refuseForBatch(header: string | undefined, wrong: FieldErrors): void {
  if (header === undefined) return;
  wrong.add(HEADER, 'is for one transaction: give each of a batch its own nonce');
}

/** Repeats the first answer, with 200 instead of 201 and a header that says so. */
export function answerRepeated(reply: FastifyReply): void {
  void reply.code(200).header('idempotency-hit', 'true');
}

export const IDEMPOTENCY_HEADER = {
  name: HEADER,
  required: false,
  description:
    'The same thing as nonce in the body: the request can be repeated without being accepted twice.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,64}$' },
} as const;
