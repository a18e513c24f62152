/** The client's errors, as types: each of them says whether anything may have happened. */
import type { Fault } from '../chain/faults.js';
import type { PreparedRequest } from './prepared-request.js';

/** One field that is wrong, and what was expected of it. */
export interface FieldError {
  /** empty for the whole request */
  readonly field: string;
  readonly message: string;
}

/** Every error of this client is one; `code` tells programs which. The message is one line for people. */
export class BpscError extends Error {
  override readonly name: string = 'BpscError';
  constructor(
    message: string,
    /** a node's own code (such as `OVERDRAWN`, `NONCE_REUSED`), a fault's, or one of this client's */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The client refused it: an address with a typing error, an amount that is none. Nothing was sent. */
export class InvalidRequestError extends BpscError {
  override readonly name = 'InvalidRequestError';
  constructor(readonly errors: readonly FieldError[]) {
    super(describe(errors), 'INVALID_REQUEST');
  }
}

/** The node said no (RFC 9457). Nothing was changed by the request, neither by this nor by an earlier attempt. */
export class RefusedError extends BpscError {
  override readonly name = 'RefusedError';
  constructor(
    readonly status: number,
    code: string,
    /** for people */
    readonly detail: string,
    /** the fields that are wrong, where the node names any */
    readonly errors: readonly FieldError[],
    /** of a POST; it is free again, for the same request or for another */
    readonly nonce?: string,
  ) {
    super(detail, code);
  }
}

/** The node can't be reached, or has no time: after all attempts. Nothing was changed by the request. */
export class UnavailableError extends BpscError {
  override readonly name = 'UnavailableError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, 'UNAVAILABLE', options);
  }
}

/**
 * A POST got no answer that settles it, after all attempts: it may have been accepted, or not. Never send it again
 * under another nonce. `client.submit(error.request, { mayHaveBeenSent: true })` is safe at any time, and as often
 * as it takes: the node accepts one nonce of a sender once.
 */
export class OutcomeUnknownError extends BpscError {
  override readonly name = 'OutcomeUnknownError';
  constructor(
    readonly request: PreparedRequest,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `whether it was accepted is not known: ${reason}; the same request under its nonce ${request.nonce} can be repeated safely, under another it could be paid twice`,
      'OUTCOME_UNKNOWN',
      options,
    );
  }

  get nonce(): string {
    return this.request.nonce;
  }
}

/** The node answers as no node does. */
export class UnexpectedAnswerError extends BpscError {
  override readonly name = 'UnexpectedAnswerError';
  constructor(message: string) {
    super(message, 'UNEXPECTED_ANSWER');
  }
}

/** The node's data is not what it should be: it breaks a rule of the protocol, or it is another chain than the pinned one. */
export class FaultError extends BpscError {
  override readonly name = 'FaultError';
  constructor(readonly fault: Fault) {
    super(fault.message, fault.fault);
  }
}

/** For code that checks arguments at the entry of a public function. */
export function invalid(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError([{ field, message }]);
}

function describe(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => (field === '' ? message : `${field} ${message}`)).join('; ');
}
