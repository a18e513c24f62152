/** The client's error types: each tells whether anything may have changed. */
import type { Fault } from '../chain/faults.js';
import type { PreparedRequest } from './prepared-request.js';

/** A wrong field, and what was expected. */
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

/** The client refused the request, for instance because of a typo in an address. Nothing was sent. */
export class InvalidRequestError extends BpscError {
  override readonly name = 'InvalidRequestError';
  constructor(readonly errors: readonly FieldError[]) {
    super(describe(errors), 'INVALID_REQUEST');
  }
}

/** The node refused the request (RFC 9457). Neither this nor an earlier attempt changed anything. */
export class RefusedError extends BpscError {
  override readonly name = 'RefusedError';
  constructor(
    readonly status: number,
    code: string,
    /** for people */
    readonly detail: string,
    /** the wrong fields, if the node names any */
    readonly errors: readonly FieldError[],
    /** of a POST; it can be used again, for the same request or for another */
    readonly nonce?: string,
  ) {
    super(detail, code);
  }
}

/** The node was unreachable or busy in all attempts. Nothing was changed. */
export class UnavailableError extends BpscError {
  override readonly name = 'UnavailableError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, 'UNAVAILABLE', options);
  }
}

/**
 * No attempt of a POST got a conclusive answer: it may or may not have been accepted. Never send it again
 * under another nonce. `client.submit(error.request, { mayHaveBeenSent: true })` is safe at any time, however
 * often: the node accepts each nonce of a sender once.
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

/** The answer is not one that a node gives. */
export class UnexpectedAnswerError extends BpscError {
  override readonly name = 'UnexpectedAnswerError';
  constructor(message: string) {
    super(message, 'UNEXPECTED_ANSWER');
  }
}

/** The node's data is invalid: it breaks a rule of the protocol, or is not of the pinned chain. */
export class FaultError extends BpscError {
  override readonly name = 'FaultError';
  constructor(readonly fault: Fault) {
    super(fault.message, fault.fault);
  }
}

/** For checks of a public function's arguments. */
export function invalid(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError([{ field, message }]);
}

function describe(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => (field === '' ? message : `${field} ${message}`)).join('; ');
}
